using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;

namespace Howdah.Prover.Live.Byways;

/// <summary>Tables of an attacker's own that look like those that a function reads, and say what the attacker wants. Pure.</summary>
static class Decoys
{
    // Every mixture of the values in as many columns; in the others the first value alone.
    const int Mixed = 4;

    /// <summary>Makes one in a schema of the attacker's, or in pg_temp.</summary>
    /// <param name="operand">What it looks like.</param>
    /// <param name="schema">Where; null for pg_temp.</param>
    /// <param name="tenant">The column of the table under attack that tells the tenant.</param>
    /// <param name="b">Whose rows the attacker wants.</param>
    /// <param name="known">What the function may compare with: the role, contexts.</param>
    internal static Sql Of(Operand operand, string? schema, Column tenant, string b, IReadOnlyList<string> known)
    {
        var name = new QName(schema ?? "pg_temp", operand.Name.Name);
        var make = schema is null ? Sql.Of($"create temp table {new Ident(operand.Name.Name)}") : Sql.Of($"create table {name}");
        var columns = Sql.Join(", ", operand.Columns.Select(static column =>
            Sql.Of($"{new Ident(column.Name)} {Sql.Written(column.Type)}")));
        var values = operand.Columns.Select(column => Candidates(column, tenant, b, known)).ToList();
        var mixed = Enumerable.Range(0, values.Count).Where(i => values[i].Count > 1).Take(Mixed).ToList();
        var row = Sql.Join(", ", values.Select((each, i) => mixed.Contains(i) ? Sql.Of($"{Mix(i)}.v")
            : Sql.Of($"{each[0]}::{Sql.Written(operand.Columns[i].Type)}")));
        var from = Sql.Join(" cross join ", mixed.Select(i => Sql.Of($"""
            (values {Sql.Join(", ", values[i].Select((value, order) =>
                Sql.Of($"({order}, {value}::{Sql.Written(operand.Columns[i].Type)})")))}) {Mix(i)}(o, v)
            """)));
        var mix = mixed.Count == 0 ? null
            : Sql.Of($" from {from} order by {Sql.Join(", ", mixed.Select(static i => Sql.Of($"{Mix(i)}.o")))}");
        return Sql.Of($"{make} ({columns}); insert into {name} select {row}{mix}; grant select on {name} to public;");
    }

    static Ident Mix(int column) => new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"c{column}"));

    // B first: who asks for one row only gets that.
    static List<Sql> Candidates((string Name, string Type, char Category) column, Column tenant, string b, IReadOnlyList<string> known)
    {
        if (column.Name.Equals(tenant.Name, StringComparison.OrdinalIgnoreCase)
            || column.Name.Contains("tenant", StringComparison.OrdinalIgnoreCase))
            known = [];
        List<Sql> values = [.. known.Prepend(b).Distinct().Where(value => Fits(value, column.Type, column.Category)).Take(4)
            .Select(static value => Sql.Of($"{new Literal(value)}"))];
        return values.Count > 0 ? values : [column switch
        {
            { Category: 'B' } => Sql.Of($"true"),
            { Category: 'N' } => Sql.Of($"1"),
            { Type: "date" or "timestamp without time zone" or "timestamp with time zone" } => Sql.Of($"'infinity'"),
            _ => Sql.Of($"null"),
        }];
    }

    static bool Fits(string value, string type, char category) => category switch
    {
        'S' => true,
        'N' => value.Length is > 0 and < 10 && value.All(char.IsAsciiDigit),
        _ => type == "uuid" && Guid.TryParse(value, out _),
    };
}
