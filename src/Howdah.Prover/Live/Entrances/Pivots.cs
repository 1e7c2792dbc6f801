using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;

namespace Howdah.Prover.Live.Entrances;

/// <summary>
/// Tries that change the context within the statement that reads: in a sub-select, in a common table and after an own row was read. Each
/// leads from the change to the other tenant's row by LATERAL, so that no plan reads before it. Pure.
/// </summary>
static class Pivots
{
    /// <summary>The tries, each with B's id in the place of A's wherever the context holds it.</summary>
    internal static IEnumerable<Shot> Of(IReadOnlyList<string> contexts, Access access, Stake stake, Place own, string a)
    {
        // What is empty stays so: only what A's entrance set is forged.
        var values = Sql.Join(", ", contexts.Select(context => Sql.Of($"pg_catalog.replace(pg_catalog.current_setting("
            + $"{new Literal(context)}, true), {new Literal(stake.A)}, {new Literal(stake.B)})")));
        foreach (var (name, query) in Forms(access.Table, stake.Foreign, own, Turn(contexts, i => Sql.Written($"$1[{i + 1}]"))))
            yield return new(EntranceAttacks.Pivot, name, a, Forms(access.Table, stake.Foreign, own,
                Turn(contexts, _ => Sql.Of($"{new Literal(stake.B)}"))).First(form => form.Name == name).Query,
                Sql.Of($"execute {new DollarQuoted(query.ToString())} into n using array[{values}]::pg_catalog.text[];"));
    }

    static Sql Turn(IReadOnlyList<string> contexts, Func<int, Sql> value) => Sql.Join(" || ", contexts.Select((context, i) => Sql.Of(
        $"coalesce(case when {value(i)} <> '' then pg_catalog.set_config({new Literal(context)}, {value(i)}, true) end, '')")));

    static (string Name, Sql Query)[] Forms(TenantTable table, Place foreign, Place own, Sql turn)
    {
        var read = Sql.Of($"lateral (select count(*) as n from {table.Name} where {foreign.Where} and turn.x is not null) b");
        return
        [
            ("turn to B in a sub-select", Sql.Of($"select b.n from (select {turn} as x offset 0) turn, {read}")),
            ("turn to B in a common table", Sql.Of($"with turn as materialized (select {turn} as x) select b.n from turn, {read}")),
            ("turn to B after an own row", Sql.Of($"""
                select b.n from (select ctid::pg_catalog.text as x from {table.Name} where {own.Where} offset 0) a,
                  lateral (select {turn} || a.x as x offset 0) turn, {read}
                """)),
        ];
    }
}
