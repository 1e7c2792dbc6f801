using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;

namespace Howdah.Prover.Live;

/// <summary>What a function is called with: B's keys and values where names or types fit, as A and as nobody. Pure.</summary>
static class Calls
{
    /// <summary>The calls.</summary>
    /// <param name="function">The function.</param>
    /// <param name="stakes">Rows that are there.</param>
    /// <param name="contexts">The settings that carry the tenant.</param>
    /// <param name="contextA">The context of A; null where none is known.</param>
    internal static IReadOnlyList<Shot> Of(Callable function, IReadOnlyList<(TenantTable Table, Stake Stake)> stakes,
        IReadOnlyList<string> contexts, string? contextA)
    {
        var named = stakes.Where(each => function.Text.Contains(each.Table.Name.Name, StringComparison.OrdinalIgnoreCase)).ToList();
        List<(TenantTable Table, Stake Stake)> near = named.Count > 0 ? named : [.. stakes];
        var given = new List<IReadOnlyList<Sql>>();
        foreach (var tenant in new[] { near[0].Stake.B, near[0].Stake.A })
        {
            given.Add([.. function.Types.Select((type, i) =>
                Argument(type, function.Arguments.ElementAtOrDefault(i) ?? "", near, tenant))]);
        }
        given.Add([.. function.Types.Select(static type => Sql.Of($"null::{Sql.Written(type)}"))]);
        string?[] turns = contexts.Count == 0 ? [null] : contextA is null ? [""] : [contextA, ""];
        return [.. given.DistinctBy(static arguments => string.Join(", ", arguments)).SelectMany(arguments => turns.Select(turn =>
            Call(function, Sql.Join(", ", arguments), turn)))];
    }

    // The result as a number, so that two of them can be compared; it may read only, whatever it says of itself.
    static Shot Call(Callable function, Sql arguments, string? context)
    {
        var call = Sql.Of($"select * from {function.Name}({arguments})");
        var result = Sql.Of($"""
            select ('x' || pg_catalog.substr(pg_catalog.md5(coalesce(pg_catalog.string_agg(r, ',' order by r collate "C"), '')), 1, 15))
              ::bit(60)::int8
            from (select coalesce(f::text, 'null') from {function.Name}({arguments}) f limit 1000) s(r)
            """);
        return new(LiveAttacks.Function, context is null or "" ? "call it without a tenant" : "call it as A", context, call,
            Sql.Of($"set local transaction_read_only = on; execute {new DollarQuoted(result.ToString())} into n;"))
        {
            Cause = function.Signature,
            Target = function.Signature,
            Fix = $"ALTER ROUTINE {function.Signature} SECURITY INVOKER;",
        };
    }

    static Sql Argument(string type, string name, List<(TenantTable Table, Stake Stake)> near, string tenant)
    {
        var bare = name.TrimStart('_');
        foreach (var prefix in (string[])["p_", "in_", "arg_", "the_"])
            bare = bare.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? bare[prefix.Length..] : bare;
        bool Tenant(TenantTable table) => table.TenantColumn.Type == type && (bare.Length == 0
            || bare.Equals(table.TenantColumn.Name, StringComparison.OrdinalIgnoreCase)
            || table.TenantColumn.Name.StartsWith(bare, StringComparison.OrdinalIgnoreCase)
            || bare.Contains("tenant", StringComparison.OrdinalIgnoreCase));
        if (near.Exists(each => Tenant(each.Table)))
            return Sql.Of($"{new Literal(tenant)}::{Sql.Written(type)}");
        // By name first (`p_email` is email), then by type: a key of the right type.
        var found = Value(column => column.Name.Equals(bare, StringComparison.OrdinalIgnoreCase))
            ?? Value(column => column.Unique && column.Type == type);
        return found is not null ? Sql.Of($"({found})::{Sql.Written(type)}")
            : type is "text" or "character varying" ? Sql.Of($"'%'::{Sql.Written(type)}") : Sql.Of($"null::{Sql.Written(type)}");

        Sql? Value(Func<Column, bool> fits) => near.SelectMany(each => each.Table.Columns
            .Where(column => column.Number != each.Table.TenantColumn.Number && fits(column)
                && each.Stake.Values.ContainsKey(column.Number))
            .Select(column => each.Stake.Values[column.Number])).FirstOrDefault();
    }
}
