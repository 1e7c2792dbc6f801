using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Howdah.Cli.Output;
using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Patterns.Partitions.Converting;

namespace Howdah.Cli.Commands;

/// <summary><c>howdah partition convert</c>: a table that is in use becomes the partitioned one that is declared.</summary>
static class PartitionConvertCommand
{
    static readonly Argument<string> Table = new("table") { Description = "The table: schema.table, or database.schema.table." };
    static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only say what would be done, and what would be lost." };
    static readonly Option<bool> Resume = new("--resume") { Description = "Go on with one that was cut off." };
    static readonly Option<bool> Abort = new("--abort") { Description = "Take back one that has not switched yet." };
    static readonly Option<bool> Undo = new("--undo") { Description = "Go back to the table as it was, with all written since." };
    static readonly Option<bool> Finish = new("--finish") { Description = "Drop the table as it was: there is no way back then." };
    static readonly Option<bool> DropOld = new("--drop-old") { Description = "Do that at once, at the end." };
    static readonly Option<int> Streams = new("--streams") { Description = "How many connections copy at once.", DefaultValueFactory =
        static _ => new ConvertOptions().Streams };
    static readonly Option<int?> Rate = new("--rows-per-second") { Description = "Copy no faster than that." };
    static readonly Option<bool> Json = new("--json") { Description = "JSON on stdout." };

    internal static Command Create()
    {
        var path = new Option<string>("--dir") { Description = "The folder that holds estate.yaml.", DefaultValueFactory = static _ =>
            SqlCommand.Folder() };
        var database = Common.Database();
        var command = Common.Command("convert", "Turns a table that is in use into the partitioned one that `partitions:` declares, while "
            + "it is read and written. The table as it was is kept until --finish.", "howdah partition convert sales.events --dry-run");
        command.Add(Table);
        foreach (var option in (Option[])[DryRun, Resume, Abort, Undo, Finish, DropOld, Streams, Rate, Json, path, database])
            command.Add(option);
        Streams.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 16)
                result.AddError("--streams takes 1 to 16");
        });
        Rate.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
                result.AddError("--rows-per-second takes a number above 0");
        });
        command.Validators.Add(static result =>
        {
            if (new[] { DryRun, Resume, Abort, Undo, Finish }.Count(option => result.GetValue(option)) > 1)
                result.AddError("--dry-run, --resume, --abort, --undo and --finish exclude each other: choose one");
        });
        command.SetAction((parsed, token) => Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, (screen, session) =>
        {
            var (home, table) = Where(session.Estate, parsed.GetValue(Table)!, parsed.GetValue(database));
            return RunAsync(parsed, screen, session, home, table, token);
        }, token, parsed.GetValue(Json)));
        return command;
    }

    // The database may stand before the table, as `plan` writes neither but a person may.
    static (DatabaseSpec, string) Where(Estate estate, string table, string? database)
    {
        var dot = table.IndexOf('.', StringComparison.Ordinal);
        return database is null && dot > 0 && table.Count(static c => c == '.') == 2 && !table.Contains('"', StringComparison.Ordinal)
            ? (Common.Pick(estate, table[..dot]), table[(dot + 1)..]) : (Common.Pick(estate, database), table);
    }

    static async Task<int> RunAsync(ParseResult parsed, Screen screen, Session session, DatabaseSpec database, string table,
        CancellationToken token)
    {
        try
        {
            return parsed.GetValue(DryRun) ? await PlanAsync(parsed, screen, session, database, table, token)
                : await ConvertAsync(parsed, screen, session, database, table, token);
        }
        catch (ConvertException stopped)
        {
            throw new StepFailure(stopped.Message);
        }
    }

    static async Task<int> PlanAsync(ParseResult parsed, Screen screen, Session session, DatabaseSpec database, string table,
        CancellationToken token)
    {
        var plan = await PartitionConvert.PlanAsync(session, database, table, token);
        if (parsed.GetValue(Json))
            screen.Out(new JsonObject
            {
                ["table"] = plan.Table,
                ["bytes"] = plan.Bytes,
                ["rows"] = plan.Rows,
                ["partitions"] = new JsonArray([.. plan.Partitions.Select(static part => new JsonObject
                {
                    ["name"] = part.Name, ["takes"] = part.Takes, ["from"] = part.From, ["to"] = part.To,
                })]),
                ["does"] = new JsonArray([.. plan.Lines.Select(static line => JsonValue.Create(line))]),
                ["problems"] = new JsonArray([.. plan.Problems.Select(static line => JsonValue.Create(line))]),
            }.ToJsonString() + "\n");
        else
            screen.Out(string.Concat(plan.Lines.Select(static line => $"  {line}\n")));
        foreach (var problem in plan.Problems)
            screen.Error($"{plan.Table}: {problem}");
        return plan.Problems.Count > 0 ? ExitCodes.Refused : ExitCodes.Done;
    }

    static async Task<int> ConvertAsync(ParseResult parsed, Screen screen, Session session, DatabaseSpec database, string table,
        CancellationToken token)
    {
        using var ticker = new Ticker(screen);
        var options = new ConvertOptions
        {
            Streams = parsed.GetValue(Streams),
            RowsPerSecond = parsed.GetValue(Rate),
            DropOld = parsed.GetValue(DropOld),
            Progress = new Told(screen, ticker),
        };
        var result = await (parsed.GetValue(Resume) ? PartitionConvert.ResumeAsync(session, database, table, options, token)
            : parsed.GetValue(Abort) ? PartitionConvert.AbortAsync(session, database, table, options, token)
            : parsed.GetValue(Undo) ? PartitionConvert.UndoAsync(session, database, table, options, token)
            : parsed.GetValue(Finish) ? PartitionConvert.FinishAsync(session, database, table, options, token)
            : PartitionConvert.StartAsync(session, database, table, options, token));
        ticker.Dispose();
        if (parsed.GetValue(Json))
            screen.Out(new JsonObject
            {
                ["table"] = result.Table,
                ["outcome"] = result.Outcome,
                ["rows"] = result.Rows,
                ["longestBlockMs"] = result.LongestBlock.TotalMilliseconds,
                ["seconds"] = result.Took.TotalSeconds,
            }.ToJsonString() + "\n");
        screen.Tell(result.Outcome switch
        {
            "aborted" => $"{result.Table} is as it was; nothing of the conversion is left.",
            "finished" when parsed.GetValue(Finish) => $"{result.Table}: the table as it was is dropped.",
            "undone" => $"{result.Table} is the table that it was, with all that was written since.",
            _ => string.Create(CultureInfo.InvariantCulture, $"{result.Table} is partitioned: {result.Rows:N0} rows were copied and ")
                + $"compared; no lock kept writers waiting for more than {result.LongestBlock.TotalMilliseconds:0} ms."
                + (result.Outcome == "finished" ? "" : $"\nThe table as it was is kept: howdah partition convert {result.Table} "
                    + "--undo goes back to it, --finish drops it."),
        });
        return ExitCodes.Done;
    }

    /// <summary>Copy and indexes on one line that is written anew, where there is a terminal; all else on lines of its own.</summary>
    sealed class Told(Screen screen, Ticker ticker) : IProgress<ConvertProgress>
    {
        readonly Lock gate = new();
        string step = "";
        int fifth;

        public void Report(ConvertProgress value)
        {
            lock (gate)
            {
                if (value.Done is not { } done)
                {
                    screen.Tell($"  {value.Step}: {value.Message}");
                    return;
                }
                var left = value.Left is { } time ? $", {time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture)} left" : "";
                var line = string.Create(CultureInfo.InvariantCulture, $"{value.Step}: {done:0 %}, {value.Message}{left}");
                ticker.Report(line);
                if (!Terminal.CanClear && (value.Step != step || (int)(done * 5) > fifth))
                    screen.Tell($"  {line}");
                (step, fifth) = (value.Step, (int)(done * 5));
            }
        }
    }
}
