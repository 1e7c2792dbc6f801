using System.Globalization;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live;

/// <summary>Values that the constraints of a table name and let in, for rows that are made up where nothing is to be copied.</summary>
static class Named
{
    // A column for which more is needed is given up.
    const int Most = 24;

    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(Named), "named.sql");

    /// <summary>For each column whose enum or CHECKs name values, the first that its own CHECKs let in.</summary>
    internal static async Task<IReadOnlyDictionary<short, string>> FindAsync(Ring ring, TenantTable table, CancellationToken token)
    {
        var seen = new List<(short Column, IReadOnlyList<string> Values, string[] Checks)>();
        await using (var command = new NpgsqlCommand(Query.Text, ring.Connection))
        {
            command.Parameters.Add(new() { Value = table.Oid, DataTypeName = "oid" });
            await using var rows = await command.ExecuteReaderAsync(token);
            while (await rows.ReadAsync(token))
                seen.Add((rows.GetInt16(0), Around(rows.GetFieldValue<string[]>(2), rows.GetBoolean(1)),
                    rows.GetFieldValue<string[]>(3)));
        }
        var all = new Dictionary<short, string>();
        foreach (var (number, values, checks) in seen)
        {
            var column = table.Columns.First(each => each.Number == number);
            foreach (var value in values.Take(Most))
            {
                var (let, _) = await ring.TryAsync(() => ring.RowsAsync(Sql.Of($"""
                    select 1::text from (select {new Literal(value)}::{Sql.Written(column.Type)} as {new Ident(column.Name)}) t
                    where {Sql.Join(" and ", [Sql.Of($"true"), .. checks.Select(static check => Sql.Of($"({Sql.Written(check)})"))])}
                    """), token), token);
                if (let is not [_])
                    continue;
                all[number] = value;
                break;
            }
        }
        return all;
    }

    /// <summary>The constants and what is beside them: of a number the next two, for a text as many letters as a number says.</summary>
    internal static IReadOnlyList<string> Around(IReadOnlyList<string> constants, bool number)
    {
        var all = new List<string>();
        foreach (var constant in constants)
        {
            var text = constant is ['\'', .., '\''] ? constant[1..^1].Replace("''", "'", StringComparison.Ordinal) : constant;
            if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out var value))
                all.AddRange(number ? [] : [text]);
            else if (number)
                all.AddRange([text, (value + 1).ToString(CultureInfo.InvariantCulture),
                    (value - 1).ToString(CultureInfo.InvariantCulture)]);
            else
                all.AddRange(value is > 0 and <= 64 ? [text, new('a', (int)value), new('a', (int)value + 1)] : [text]);
        }
        return [.. all.Distinct()];
    }
}
