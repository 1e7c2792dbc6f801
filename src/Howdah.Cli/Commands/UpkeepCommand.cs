using System.CommandLine;
using System.Text;
using System.Text.Json;
using Howdah.Cli.Output;
using Howdah.Engine.Upkeep;

namespace Howdah.Cli.Commands;

/// <summary><c>howdah upkeep --once</c>: what an estate needs again and again, for cron.</summary>
static class UpkeepCommand
{
    internal static Command Create()
    {
        var path = Common.Path();
        var once = new Option<bool>("--once") { Description = "Every chore once; a scheduler such as cron calls again.", Required = true };
        var json = new Option<bool>("--json") { Description = "One JSON document: each chore, how it ended, milliseconds." };
        var command = Common.Command("upkeep", "Makes partitions ahead and refreshes rollups; of two at once only one acts.",
            "howdah upkeep samples/superstore --once");
        command.Add(path);
        command.Add(once);
        command.Add(json);
        command.SetAction((parsed, token) =>
            Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, async (screen, session) =>
        {
            var results = await UpkeepRound.RunAsync(session, new()
            {
                Who = $"howdah upkeep on {Environment.MachineName} (pid {Environment.ProcessId})",
                Events = new Told(screen),
            }, token);
            if (parsed.GetValue(json))
                screen.Out(Json(results));
            if (results.Count == 0)
                screen.Tell("Nothing to look after: no partitions and no rollups are declared.");
            return results.Any(static result => result.Outcome == ChoreOutcome.Failed) ? ExitCodes.Failed : ExitCodes.Done;
        }, token, parsed.GetValue(json)));
        return command;
    }

    static string Json(IReadOnlyList<ChoreResult> results)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("chores");
            foreach (var result in results)
            {
                json.WriteStartObject();
                json.WriteString("chore", result.Chore.Name);
                json.WriteString("server", result.Chore.Server);
                json.WriteString("outcome", result.Outcome.ToString().ToLowerInvariant());
                json.WriteString("message", result.Message);
                json.WriteNumber("milliseconds", (long)result.Took.TotalMilliseconds);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    sealed class Told(Screen screen) : IProgress<ChoreResult>
    {
        public void Report(ChoreResult value)
        {
            if (value.Outcome == ChoreOutcome.Failed)
                screen.Error($"{value.Chore.Name}: {value.Message}");
            else
                screen.Tell($"{value.Chore.Name}: {value.Message}");
        }
    }
}
