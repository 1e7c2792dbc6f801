using Howdah.Engine.Files;
using Howdah.Engine.Upkeep;

namespace Howdah.Patterns.Pipelines.Querying;

/// <summary>A source that is a query on another PostgreSQL.</summary>
/// <param name="Connection">The reference to the connection string of a role that may read there.</param>
/// <param name="Sql">The query.</param>
/// <param name="Timeout">How long it may take.</param>
sealed record QueryWish(SecretRef Connection, string Sql, TimeSpan Timeout)
{
    static readonly TimeSpan Usual = TimeSpan.FromHours(1);

    internal static Shape<QueryWish> Shape { get; } = Shapes.Object<QueryWish>("a query on another server", static keys =>
    {
        var connection = keys.Required("connection", Shapes.Secret(generated: false),
            "The connection string of a role that may read there, with its database, as a reference.", "\"${env:CRM_URL}\"");
        var sql = keys.Required("sql", Shapes.Text, "One statement that gives rows; it runs read-only, in one snapshot.",
            "select id, name from customers", "SELECT …");
        var timeout = keys.Optional<string?>("timeout", Interval.Limit!, null, "How long it may take, all its rows read.", "1h", "15m");
        return values => new(values.Get(connection), values.Get(sql).Trim().TrimEnd(';'),
            Interval.Parse(values.Get(timeout) ?? "") is { Ticks: > 0 } span ? span : Usual);
    });

    /// <summary>What the source is called: where it is, and never how one gets in.</summary>
    internal string Name => $"query on {Connection}";

    /// <summary>Whether a batch's source was such a query.</summary>
    internal static bool Names(string source) => source.StartsWith("query on ${", StringComparison.Ordinal);
}
