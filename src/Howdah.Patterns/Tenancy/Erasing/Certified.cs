using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Erasing;

/// <summary>Pieces of a certificate.</summary>
static class Certified
{
    /// <summary>The moment, by the server's clock.</summary>
    internal static Sql Now => Sql.Of(
        $"select pg_catalog.to_char(pg_catalog.clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");

    internal static ErasureResult Result(string outcome, Certificate certificate) => new(outcome, certificate.Tenant,
        certificate.Before.Sum(static table => table.Rows), certificate.Write(), certificate.Sha256);
}
