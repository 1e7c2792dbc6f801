using System.CommandLine;
using System.Globalization;
using Howdah.Cli.Output;
using Howdah.Patterns.Queries;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;
using NpgsqlTypes;

namespace Howdah.Cli.Commands;

/// <summary><c>howdah query</c>: a declared query, or a statement that only reads.</summary>
static class QueryCommand
{
    const int MostBars = 40;

    internal static Command Create()
    {
        var words = new Argument<string[]>("[DIR] NAME|SQL")
        {
            Description = "The folder of the estate (default: the current one where it holds estate.yaml, else samples/superstore), and "
                + "the name of a query declared under `queries`, or a statement. Without either the declared queries are listed.",
            Arity = new ArgumentArity(0, 2),
        };
        var role = new Option<string?>("--as") { Description = "The role to run as, instead of the declared one." };
        var tenant = new Option<string?>("--tenant") { Description = "The tenant to run for, instead of the declared one." };
        var set = new Option<string[]>("--set")
        {
            Description = "A parameter's value, as region=West; it is sent beside the statement, in which it stands as @region.",
        };
        var database = Common.Database();
        var format = new Option<string?>("--format") { Description =
            $"table (default on a terminal), csv (default in a pipe; with a header), json, or chart: a bar for each of the first "
            + $"{MostBars} rows, by the first column of numbers." };
        format.AcceptOnlyFromAmong("table", "csv", "json", "chart");
        var json = new Option<bool>("--json") { Description = "The same as --format json." };
        var command = Common.Command("query", "Runs a declared query, or a statement that only reads, as a role and for a tenant.",
            "howdah query sales_by_region --set year=2017 --format chart");
        command.Add(words);
        foreach (var option in (Option[])[role, tenant, set, database, format, json])
            command.Add(option);
        command.SetAction((parsed, token) =>
        {
            var (path, given) = SqlCommand.Read(parsed.GetValue(words)!);
            return Common.WithSessionAsync(parsed, path, start: false, async (screen, session) =>
            {
                var target = Common.Pick(session.Estate, parsed.GetValue(database));
                var shape = parsed.GetValue(json) ? "json" : parsed.GetValue(format) ?? (Console.IsOutputRedirected ? "csv" : "table");
                if (given is null)
                {
                    screen.Out(RowText.Write(["query", "about"], [.. DeclaredQueries.Of(target).Select(static each =>
                        (string?[])[each.Name, each.About])], shape == "chart" ? "table" : shape, header: true));
                    return ExitCodes.Done;
                }
                var query = DeclaredQueries.Bind(target, given, Values(parsed.GetValue(set) ?? []));
                var (opened, who) = await WayIn.OpenAsync(session, target, parsed.GetValue(role) ?? query.As,
                    parsed.GetValue(tenant) ?? query.Tenant, token);
                await using var connection = opened;
                // A statement of several, which only text without parameters can be, does not leave the reading by a COMMIT alone.
                await RunAsync(connection, "set default_transaction_read_only = on", token);
                await using var transaction = await connection.BeginTransactionAsync(token);
                await RunAsync(connection, string.Create(CultureInfo.InvariantCulture,
                    $"set transaction read only; set local statement_timeout = '{query.Seconds}s'"), token);
                if (who is not null)
                    await TenantAccess.BecomeAsync(session, target, connection, who, token);
                await using var command = new NpgsqlCommand(query.Sql, connection) { CommandTimeout = 0, AllResultTypesAreUnknown = true };
                foreach (var value in query.Values)
                    command.Parameters.Add(new() { Value = value, NpgsqlDbType = NpgsqlDbType.Unknown });
                await using var rows = await command.ExecuteReaderAsync(token);
                screen.Out(shape == "chart" ? await ChartAsync(rows, token) : await RowText.WriteAsync(rows, shape, token, header: true));
                return ExitCodes.Done;
            }, token);
        });
        return command;
    }

    static Dictionary<string, string> Values(string[] given)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var each in given)
        {
            if (each.Split('=', 2) is not [{ Length: > 0 } name, var value])
                throw new ArgumentException($"--set {each} gives no value: write --set name=value");
            if (!values.TryAdd(name, value))
                throw new ArgumentException($"--set gives {name} twice");
        }
        return values;
    }

    static async Task<string> ChartAsync(NpgsqlDataReader rows, CancellationToken token)
    {
        var columns = await rows.GetColumnSchemaAsync(token);
        var numbers = Enumerable.Range(0, columns.Count).Where(i => IsNumber(columns[i].DataTypeName)).ToList();
        // The first of several columns may be a year or a month, which is a number and yet names the row.
        var number = numbers.FirstOrDefault(static i => i > 0, numbers.Count > 0 ? numbers[0] : -1);
        if (number < 0)
            throw new ArgumentException("a chart needs a column of numbers; this result has none");
        var bars = new List<Bar>();
        var more = 0L;
        while (await rows.ReadAsync(token))
        {
            if (bars.Count == MostBars)
            {
                more++;
                continue;
            }
            var label = string.Join(" ", Enumerable.Range(0, columns.Count).Where(i => i < number
                || !numbers.Contains(i)).Select(i => rows.IsDBNull(i) ? "∅" : rows.GetString(i)));
            bars.Add(new(label, rows.IsDBNull(number) ? null : rows.GetString(number)));
        }
        return BarChart.Write(columns[number].ColumnName, bars, more, Terminal.Width, Terminal.Colors);
    }

    static bool IsNumber(string? type) => type is "smallint" or "integer" or "bigint" or "real" or "double precision"
        || type?.StartsWith("numeric", StringComparison.Ordinal) == true;

    static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(token);
    }
}
