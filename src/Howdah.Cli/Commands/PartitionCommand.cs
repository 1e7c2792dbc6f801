using System.CommandLine;
using System.Text;
using System.Text.Json;
using Howdah.Cli.Output;
using Howdah.Patterns.Partitions.Retiring;

namespace Howdah.Cli.Commands;

/// <summary><c>howdah partition</c>.</summary>
static class PartitionCommand
{
    internal static Command Create()
    {
        var command = Common.Command("partition", "Partitions of tables: what is declared is made by apply, looked after by upkeep.",
            "howdah partition list");
        command.Add(Upkeep());
        command.Add(PartitionListCommand.Create());
        command.Add(PartitionRestoreCommand.Create());
        command.Add(PartitionConvertCommand.Create());
        return command;
    }

    internal static Option<string> Folder() => new("--dir")
    {
        Description = "The folder that holds estate.yaml.",
        DefaultValueFactory = _ => SqlCommand.Folder(),
    };

    static Command Upkeep()
    {
        var table = new Argument<string?>("table") { Description = "Only this table.", Arity = ArgumentArity.ZeroOrOne };
        var path = Folder();
        var database = Common.Database();
        var json = new Option<bool>("--json") { Description = "One JSON document: what was made and retired, and what could not be." };
        var command = Common.Command("upkeep", "Makes partitions that are missing, ends detachings that were cut off, retires what is "
            + "older than declared. Run it again after any failure; exit 3 where another one is under way.",
            "howdah partition upkeep sales.events");
        command.Add(table);
        foreach (var option in (Option[])[path, database, json])
            command.Add(option);
        command.SetAction((parsed, token) =>
            Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, async (screen, session) =>
        {
            var report = await PartitionUpkeep.RunAsync(session, Common.Pick(session.Estate, parsed.GetValue(database)),
                new() { Table = parsed.GetValue(table), Progress = screen.Progress }, token);
            if (parsed.GetValue(json))
                screen.Out(Json(report));
            return Tell(screen, report);
        }, token, parsed.GetValue(json)));
        return command;
    }

    static int Tell(Screen screen, UpkeepReport report)
    {
        if (report.Busy)
        {
            screen.Error("another upkeep of this database is under way; nothing was done");
            return ExitCodes.Refused;
        }
        foreach (var table in report.Tables)
        {
            foreach (var step in table.Steps)
                screen.Tell(step);
            foreach (var gone in table.Retired)
                screen.Tell($"partition {gone.Partition}: {Words(gone.Goal)}{(gone.Rows is { } rows ? $", {rows} rows" : "")}"
                    + (gone.Archive is { } archive ? $", {archive}" : ""));
            foreach (var problem in table.Problems)
                screen.Error(problem);
        }
        if (report.Tables.All(static table => table is { Steps.Count: 0, Retired.Count: 0, Problems.Count: 0 }))
            screen.Tell(report.Tables.Count == 0 ? "No partitions are declared." : "Nothing to do.");
        return report.Done ? ExitCodes.Done : ExitCodes.Failed;
    }

    static string Words(string goal) => goal switch { "detach" => "detached", "drop" => "dropped", _ => "archived and dropped" };

    static string Json(UpkeepReport report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteBoolean("busy", report.Busy);
            json.WriteBoolean("done", report.Done);
            json.WriteStartArray("tables");
            foreach (var table in report.Tables)
            {
                json.WriteStartObject();
                json.WriteString("table", table.Table);
                Texts(json, "steps", table.Steps);
                json.WriteStartArray("retired");
                foreach (var gone in table.Retired)
                    Write(json, gone);
                json.WriteEndArray();
                Texts(json, "problems", table.Problems);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    static void Write(Utf8JsonWriter json, RetiredPartition gone)
    {
        json.WriteStartObject();
        json.WriteString("partition", gone.Partition);
        json.WriteString("from", gone.From);
        json.WriteString("to", gone.To);
        json.WriteString("goal", gone.Goal);
        if (gone.Rows is { } rows)
            json.WriteNumber("rows", rows);
        json.WriteString("archive", gone.Archive);
        json.WriteEndObject();
    }
}
