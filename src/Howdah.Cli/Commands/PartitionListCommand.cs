using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Howdah.Cli.Output;
using Howdah.Patterns.Partitions.Listing;

namespace Howdah.Cli.Commands;

/// <summary><c>howdah partition list</c>.</summary>
static class PartitionListCommand
{
    static readonly List<string> Columns = ["partition", "holds", "rows", "size", "age", "state"];

    internal static Command Create()
    {
        var table = new Argument<string?>("table") { Description = "Only this table.", Arity = ArgumentArity.ZeroOrOne };
        var path = PartitionCommand.Folder();
        var database = Common.Database();
        var json = new Option<bool>("--json") { Description = "One JSON document: rows and bytes as numbers, ages in days." };
        var command = Common.Command("list", "Lists the partitions of declared tables: what each holds, about how many rows, its "
            + "size, its age and its state; those that were retired, too. Reads the catalog only.", "howdah partition list sales.events");
        command.Add(table);
        foreach (var option in (Option[])[path, database, json])
            command.Add(option);
        command.SetAction((parsed, token) =>
            Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, async (screen, session) =>
        {
            var tables = await PartitionList.ReadAsync(session, Common.Pick(session.Estate, parsed.GetValue(database)),
                parsed.GetValue(table), token);
            screen.Out(parsed.GetValue(json) ? Json(tables) : string.Join('\n', tables.Select(Text)));
            if (tables.Count == 0)
                screen.Tell("No partitions are declared.");
            return ExitCodes.Done;
        }, token, parsed.GetValue(json)));
        return command;
    }

    static string Text(ListedTable table) => $"{table.Table}, by {table.Kind} of {table.By}\n" + (table.Problem is { } problem
        ? $"  {problem}\n" : RowText.Write([.. Columns], [.. table.Partitions.Select(static part => new[]
        {
            part.Name, part.Holds, part.Rows?.ToString("N0", CultureInfo.InvariantCulture), Size(part.Bytes), Age(part.Days),
            part.State + (part.Archive is { } archive ? $" ({archive})" : ""),
        })], "table"));

    static string? Size(long? bytes) => bytes switch
    {
        null => null,
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:N0} kB"),
        < 1024L * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:N1} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:N1} GB"),
    };

    static string? Age(int? days) => days switch { null => null, <= 0 => $"ends in {-days} d", _ => $"{days} d" };

    static string Json(IReadOnlyList<ListedTable> tables) => new JsonArray([.. tables.Select(static table => new JsonObject
    {
        ["table"] = table.Table,
        ["by"] = table.By,
        ["kind"] = table.Kind,
        ["problem"] = table.Problem,
        ["partitions"] = new JsonArray([.. table.Partitions.Select(static part => new JsonObject
        {
            ["partition"] = part.Name,
            ["holds"] = part.Holds,
            ["rows"] = part.Rows,
            ["bytes"] = part.Bytes,
            ["days"] = part.Days,
            ["state"] = part.State,
            ["archive"] = part.Archive,
        })]),
    })]).ToJsonString() + "\n";
}
