using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Patterns.Tenancy.Registry;

namespace Howdah.Patterns.Tenancy.Attacks;

/// <summary>What a tenant's own role tries from its place, wherever that is.</summary>
static class PlaceAttacks
{
    internal static Attack Schemas { get; } = new("TEN-G21", "A tenant's schema is its own role's alone", Gravity.Critical, false,
        "Looks at all tenants' schemas at once: missing schemas, roles and tables (an unqualified name would fall through to another "
            + "schema), "
            + "privileges of anybody else, roles that are members of each other, owners, and tables in which rows of others may stand.",
                "Howdah");

    internal static Attack Databases { get; } = new("TEN-H21", "Only its tenant may connect to a tenant's database", Gravity.Critical,
        false,
        "Looks at all tenants' databases at once: missing ones, CONNECT or TEMPORARY for anybody else (a copy of a template is born open "
            + "to "
            + "everybody), roles that are more than a login.", "PostgreSQL documentation, CREATE DATABASE");

    internal static Attack Door { get; } = new("TEN-H22", "Nobody else gets into a tenant's database", Gravity.Critical, true,
        "Logs in to a tenant's database as another tenant's role and as the application; being let in is a break.", "Howdah");

    internal static Attack Spares { get; } = new("TEN-H23", "A database made ahead is nobody's", Gravity.High, false,
        "Looks at all databases that wait for a tenant: missing ones, any that takes connections or ever took one (so that it could hold "
            + "rows), privileges of anybody but the owner, another owner's, a role of its name.", "Howdah");

    internal static IReadOnlyList<(Attack About, Func<Sight, CancellationToken, Task<Outcome>> MakeAsync)> Live { get; } =
    [
        (new("TEN-G22", "A tenant's role reads nothing of others", Gravity.Critical, true,
            "As a tenant's role: reads the tables of other tenants' schemas, the home tables and the registry by their full names; an "
                + "answer "
                + "is a break.", "Howdah"),
            static (sight, token) => sight.AllRefusedAsync(
            [
                .. sight.Others.SelectMany(other => sight.Spec.Wanted.Tables.Select(table => Sql.Of(
                    $"select 1 from {new QName(other, table.Name)} limit 1"))),
                .. sight.Tenant.Home.Model == TenancyModel.Schemas ? sight.Spec.Wanted.Tables.Select(static table =>
                    Sql.Of($"select 1 from {table} limit 1")).Append(Sql.Of($"select 1 from howdah.tenants limit 1")) : [],
            ], "read other tenants' tables, the home tables, the registry", token)),

        (new("TEN-G23", "A tenant's role becomes no other role", Gravity.Critical, true,
            "As a tenant's role: SET ROLE to other tenants' roles, to the owner and to the application's roles; being let through is a "
                + "break.",
            "Howdah"),
            static (sight, token) => sight.AllRefusedAsync([.. sight.Others.Append(sight.Spec.Owner).Concat(sight.Spec.Wanted.Roles)
                .Select(static role => Sql.Of($"set local role {new Ident(role)}"))], "set role to others", token)),

        (new("TEN-G24", "A tenant's role writes no shared table and makes nothing", Gravity.High, true,
            "As a tenant's role: changes shared tables, makes tables, temporary ones and schemas, and empties its own tables; being let "
                + "through is a break.", "Howdah"),
            static (sight, token) => sight.AllRefusedAsync(
            [
                .. sight.Spec.Wanted.Shared.SelectMany(static table => (Sql[])[Sql.Of($"delete from {table} where false"),
                    Sql.Of($"insert into {table} select * from {table} where false")]),
                .. sight.Spec.Wanted.Tables.Select(table => Sql.Of(
                    $"truncate {Placing.Ground.Table(sight.Tenant.Home, table)}")),
                Sql.Of($"create temporary table howdah_shadow (x integer)"),
                Sql.Of($"create schema howdah_intruder"),
                Sql.Of($"create table {Placing.Ground.Table(sight.Tenant.Home, new(sight.Spec.Wanted.Tables[0].Schema,
                    "howdah_intruder"))} "
                    + $"(x integer)"),
            ], "write shared tables, truncate, create", token)),
    ];

    internal static Attack Closed { get; } = new("TEN-B23", "A tenant that is not served at home is refused there", Gravity.Critical, true,
        "As the application, with the context of tenants that are suspended or live elsewhere, in capital letters, too: reads a home "
            + "table; "
            + "anything but SQLSTATE HW001 is a break (two homes would be written, or a suspended tenant served).", "Howdah");

    internal static IReadOnlyList<Attack> All { get; } = [Closed, Schemas, Databases, Door, Spares,
        .. Live.Select(static each => each.About)];
}

/// <summary>A tenant's role in its place, and whom it attacks.</summary>
/// <param name="Spec">The tenancy.</param>
/// <param name="Bout">Its connection.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Others">Places of some others that stand in the same database (schemas) or on the same server.</param>
sealed record Sight(TenancySpec Spec, Bout Bout, Tenant Tenant, IReadOnlyList<string> Others)
{
    /// <summary>Held where each statement is refused for lack of a privilege (or what it names is not there, in a database of one's own).
    /// </summary>
    internal async Task<Outcome> AllRefusedAsync(IReadOnlyList<Sql> statements, string what, CancellationToken token)
    {
        foreach (var statement in statements)
        {
            var (_, refusal) = await Bout.TryAsync(inner => inner.ExecuteAsync(statement.ToString(), token), token);
            if (refusal is null)
                return Outcome.Broken($"as {Bout.Role}: {statement}: let through",
                    $"howdah tenant suspend '{Tenant.Name}', then take the privilege or membership from {Bout.Role}");
            var absent = Tenant.Home.Model == TenancyModel.Databases && refusal.SqlState is "42P01" or "3F000" or "22023";
            if (!absent && Outcome.Unexpected(statement.ToString(), refusal) is { } unclear)
                return unclear;
        }
        return statements.Count == 0 ? Outcome.Held("there is nothing to try") : Outcome.Held($"{what}: all refused");
    }
}
