using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;

namespace Howdah.Prover.Live;

/// <summary>Statements of A's about its own rows whose outcome must not depend on B's: values of B's in keys, checks and foreign keys.
/// Pure.</summary>
static class Questions
{
    /// <summary>Those that one row of B in the same table could answer.</summary>
    internal static IEnumerable<Shot> OfKeys(Access access, IEnumerable<Bond> checks, Stake stake, string a)
    {
        var table = access.Table;
        foreach (var key in access.Keys.Where(static key => key.Telling))
        {
            foreach (var (name, statement) in Statements(access, stake, key.Columns, null, $"use B's value in {key.Name}"))
                yield return Ask(LiveAttacks.Unique, name, a, statement, key.Fix, key.Name,
                    new QName(table.Name.Schema, key.Name).Plain);
        }
        foreach (var check in checks.Where(static bond => bond.Kind == 'c'))
        {
            foreach (var (name, statement) in Statements(access, stake, check.Columns, null, $"use B's value in {check.Name}").Take(1))
                yield return Ask(LiveAttacks.Check, name, a, statement, check.Fix(table, null), check.Name, table.Name.Plain);
        }
    }

    /// <summary>Those that one row of B in the table that a foreign key points at could answer.</summary>
    /// <param name="access">Who may do what to the table that points.</param>
    /// <param name="bond">The foreign key.</param>
    /// <param name="others">Foreign keys of the same table.</param>
    /// <param name="stake">The rows of the table that points.</param>
    /// <param name="target">The table pointed at.</param>
    /// <param name="there">Its rows.</param>
    /// <param name="a">The context of A.</param>
    internal static IEnumerable<Shot> OfReference(Access access, Bond bond, IEnumerable<Bond> others, Stake stake, TenantTable target,
        Stake there, string a)
    {
        var given = new Dictionary<short, Sql>();
        // Other foreign keys would answer first.
        foreach (var number in others.Where(other => other.Kind == 'f' && other != bond).SelectMany(static other => other.Columns))
        {
            if (access.Table.Columns.FirstOrDefault(column => column.Number == number) is { NotNull: false })
                given[number] = Sql.Of($"null");
        }
        for (var i = 0; i < bond.Columns.Count; i++)
        {
            if (!there.Values.TryGetValue(bond.TargetColumns[i], out var value))
                yield break;
            given[bond.Columns[i]] = value;
        }
        given.Remove(access.Table.TenantColumn.Number);
        if (!bond.Columns.Any(given.ContainsKey))
            yield break;
        foreach (var (name, statement) in Statements(access, stake, bond.Columns, given, $"point {bond.Name} at the row of B").Take(1))
            yield return Ask(LiveAttacks.Reference, name, a, statement, bond.Fix(access.Table, target), bond.Name,
                $"{access.Table.Name.Plain} {new QName("", bond.Name).Plain.TrimStart('.')}");
    }

    // An insert beside the row of B, and the same where a conflict does nothing; an update of an own row where inserting is not allowed.
    static IEnumerable<(string Name, Sql Statement)> Statements(Access access, Stake stake, IReadOnlyList<short> columns,
        Dictionary<short, Sql>? given, string name)
    {
        var table = access.Table;
        var own = columns.Where(number => number != table.TenantColumn.Number).ToList();
        if (own.Count == 0)
            yield break;
        if (Row.All(access, stake) is { } all)
        {
            var row = given is null ? all : all with { Given = stake.Values.ToDictionary(static each => each.Key, each =>
                given.GetValueOrDefault(each.Key, each.Value)) };
            if (own.TrueForAll(access.Insert.Contains) && row.Beside(stake.A, given is null ? columns : [.. given.Keys]) is { } values)
            {
                var insert = Sql.Of($"insert into {table.Name} ({row.Names}) overriding system value values ({values})");
                yield return (name, insert);
                yield return ($"{name}, on conflict do nothing", Sql.Of($"{insert} on conflict do nothing"));
            }
        }
        else if (stake.Own is { } place && access.Reads && stake.Values.Count > 0 && own.TrueForAll(access.Update.Contains))
        {
            var set = Sql.Join(", ", own.Select(number => Sql.Of(
                $"{new Ident(table.Columns.First(column => column.Number == number).Name)} = {(given ?? stake.Values)[number]}")));
            yield return ($"{name} in an own row", Sql.Of($"update {table.Name} set {set} where {place.Where}"));
        }
    }

    static Shot Ask(Engine.Proving.Attack attack, string name, string a, Sql statement, string fix,
        string rule, string cause) => new(attack, name, a, statement,
        Sql.Of($"execute {new DollarQuoted(statement.ToString())}; get diagnostics n = row_count; set constraints all immediate;"))
    {
        Fix = fix,
        Rule = rule,
        Cause = cause,
    };
}
