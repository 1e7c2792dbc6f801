using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Placing;

/// <summary>Lets the role that applies, where it is no superuser, act for a role that it may administer.</summary>
static class Membership
{
    /// <summary>Gives it, where it is missing: to own something in that role's name, or to drop what it was granted.</summary>
    internal static Sql In(NpgsqlConnection connection, string role)
    {
        var (name, text) = (new Ident(role), new Literal(new Ident(role).ToString()));
        var usage = Sql.Of($"pg_catalog.pg_has_role(pg_catalog.to_regrole({text}), 'USAGE')");
        var kinds = connection.PostgreSqlVersion.Major >= 16
            ? Sql.Of($"{usage} and pg_catalog.pg_has_role(pg_catalog.to_regrole({text}), 'SET')") : usage;
        return Sql.Of($"do {new DollarQuoted(Sql.Of($"""

            begin
              if pg_catalog.to_regrole({text}) is not null and not ({kinds}) then
                grant {name} to current_user {(connection.PostgreSqlVersion.Major >= 16 ? Sql.Of($"with inherit true, set true") : null)};
              end if;
            end

            """).ToString())}");
    }
}
