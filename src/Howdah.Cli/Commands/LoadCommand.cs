using System.CommandLine;
using Howdah.Cli.Output;
using Howdah.Patterns.Pipelines;

namespace Howdah.Cli.Commands;

/// <summary><c>howdah load</c>: pipelines, their batches, what they refused.</summary>
static class LoadCommand
{
    internal static Command Create()
    {
        var name = new Argument<string?>("pipeline")
        {
            Description = "The pipeline; left out with --all.", Arity = ArgumentArity.ZeroOrOne,
        };
        var files = new Argument<string[]>("files") { Description = "Files instead of the declared ones, * and ? in them; - is standard "
            + "input.", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all")
        {
            Description = "All pipelines, each after those it waits for; stops at the first that fails.",
        };
        var dry = new Option<bool>("--dry-run") { Description = "Does all but the commit, and says what would have been." };
        var force = new Option<bool>("--force") { Description = "Loads a content again that was loaded before." };
        var now = new Option<bool>("--no-wait") { Description = "Gives up (exit code 3) where another load of the pipeline is under way." };
        var streams = new Option<int?>("--streams")
        {
            Description = "Over how many connections a file is copied at once, 1 to 16, before one transaction takes its rows (default: as "
                + "the pipeline declares).",
        };
        var alone = new Option<bool>("--alone")
        {
            Description = "Lets the first load of 50,000 rows or more into an empty fact of the warehouse lock it and build its indexes at "
                + "the end: about half the time, and whoever reads it waits.",
        };
        var json = TenantVerb.Json();
        var command = Common.Command("load", "Loads a pipeline: each content exactly once, in one transaction; what is wrong goes to the "
            + "quarantine. Run it from cron, Airflow or by hand: what is loaded already is nothing to do.",
            "howdah load sales --streams 2");
        command.Add(name);
        command.Add(files);
        foreach (var option in (Option[])[all, dry, force, now, streams, alone])
            command.Add(option);
        TenantVerb.Ready(command, json, async (parsed, screen, session, database, token) =>
        {
            using var line = new LoadLine(screen, TimeProvider.System);
            using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(30) };
            var options = new LoadOptions
            {
                Files = parsed.GetValue(files) ?? [], DryRun = parsed.GetValue(dry), Force = parsed.GetValue(force),
                Wait = !parsed.GetValue(now), Streams = parsed.GetValue(streams), Alone = parsed.GetValue(alone),
                Progress = line, Client = client,
                Tool = $"howdah {Program.Version}",
            };
            var chosen = parsed.GetValue(all) ? PipelineLoad.Order(database) : [parsed.GetValue(name) ?? throw new ArgumentException(
                $"name the pipeline, or say --all: there are {string.Join(", ", PipelineLoad.Order(database))}")];
            var reports = new List<LoadReport>();
            foreach (var each in chosen)
            {
                reports.AddRange(await PipelineLoad.RunAsync(session, database, each, options, token));
                if (LoadText.Exit(reports) != ExitCodes.Done)
                    break;
            }
            line.Dispose();
            return LoadText.Tell(screen, reports, parsed.GetValue(json));
        });
        command.Add(List());
        command.Add(Schedule());
        command.Add(QuarantineCommand.Create());
        return command;
    }

    static Command List()
    {
        var (name, most, json) = (Pipeline(), Most(50), TenantVerb.Json());
        var command = Common.Command("list", "Lists batches, the newest first.", "howdah load list sales");
        command.Add(name);
        command.Add(most);
        return TenantVerb.Ready(command, json, async (parsed, screen, session, database, token) =>
        {
            var rows = await Quarantine.BatchesAsync(session, database, parsed.GetValue(name), parsed.GetValue(most), token);
            screen.Out(LoadText.Batches(rows, parsed.GetValue(json)));
            return ExitCodes.Done;
        });
    }

    static Command Schedule()
    {
        var json = TenantVerb.Json();
        var command = Common.Command("schedule", "Lists the pipelines that `howdah serve` runs: when, when next, how the last run ended.",
            "howdah load schedule");
        return TenantVerb.Ready(command, json, async (parsed, screen, session, database, token) =>
        {
            var rows = await PipelineSchedule.ListAsync(session, database, token);
            if (rows.Count == 0)
                screen.Tell("No pipeline runs by itself: none has schedule or every.");
            screen.Out(LoadText.Schedule(rows, parsed.GetValue(json)));
            return ExitCodes.Done;
        });
    }

    internal static Argument<string?> Pipeline() => new("pipeline")
    {
        Description = "The pipeline (default: all).", Arity = ArgumentArity.ZeroOrOne,
    };

    internal static Option<int> Most(int usual) => new("--limit")
    {
        Description = "How many at most.", DefaultValueFactory = _ => usual,
    };
}

/// <summary><c>howdah load quarantine</c>.</summary>
static class QuarantineCommand
{
    internal static Command Create()
    {
        var command = Common.Command("quarantine", "Rows that loads refused: see them, load them after all, give them up.",
            "howdah load quarantine list");
        command.Add(List());
        command.Add(Retry());
        command.Add(Discard());
        return command;
    }

    static Option<long?> Batch() => new("--batch") { Description = "Of this batch only." };

    static Command List()
    {
        var (name, batch, most, json) = (LoadCommand.Pipeline(), Batch(), LoadCommand.Most(100), TenantVerb.Json());
        var command = Common.Command("list", "Lists refused rows that nobody has settled: personal data may be in them.",
            "howdah load quarantine list sales --batch 12");
        command.Add(name);
        command.Add(batch);
        command.Add(most);
        return TenantVerb.Ready(command, json, async (parsed, screen, session, database, token) =>
        {
            var rows = await Quarantine.ListAsync(session, database, parsed.GetValue(name), parsed.GetValue(batch), parsed.GetValue(most),
                token);
            screen.Out(LoadText.Refused(rows, parsed.GetValue(json)));
            return ExitCodes.Done;
        });
    }

    static Command Retry()
    {
        var name = new Argument<string>("pipeline") { Description = "The pipeline." };
        var (batch, json) = (Batch(), TenantVerb.Json());
        var dry = new Option<bool>("--dry-run") { Description = "Does all but the commit, and says what would have been." };
        var command = Common.Command("retry", "Loads refused rows again as the source sent them, in a batch of its own.",
            "howdah load quarantine retry sales --batch 12");
        command.Add(name);
        command.Add(batch);
        command.Add(dry);
        return TenantVerb.Ready(command, json, async (parsed, screen, session, database, token) =>
        {
            var options = new LoadOptions { DryRun = parsed.GetValue(dry), Tool = $"howdah {Program.Version}" };
            var reports = await Quarantine.RetryAsync(session, database, parsed.GetValue(name)!, parsed.GetValue(batch), options, token);
            if (reports.Count == 0)
                screen.Tell("No row waits there.");
            return LoadText.Tell(screen, reports, parsed.GetValue(json));
        });
    }

    static Command Discard()
    {
        var batch = new Option<long>("--batch") { Description = "The batch that refused them.", Required = true };
        var row = new Option<long?>("--row") { Description = "This row only." };
        var reason = new Option<string>("--reason") { Description = "Why: it is kept beside the count.", Required = true };
        var json = TenantVerb.Json();
        var command = Common.Command("discard", "Gives refused rows up: they stay counted, and what the source sent is deleted.",
            "howdah load quarantine discard --batch 12 --reason \"rows of a test\"");
        command.Add(batch);
        command.Add(row);
        command.Add(reason);
        return TenantVerb.Ready(command, json, async (parsed, screen, session, database, token) =>
        {
            var count = await Quarantine.DiscardAsync(session, database, parsed.GetValue(batch), parsed.GetValue(row),
                parsed.GetValue(reason)!, token);
            screen.Out(parsed.GetValue(json) ? $"{{ \"discarded\": {count} }}\n" : "");
            screen.Tell($"Given up: {count} row{(count == 1 ? "" : "s")}.");
            return count > 0 ? ExitCodes.Done : ExitCodes.Failed;
        });
    }
}
