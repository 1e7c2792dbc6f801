using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Howdah.Engine;
using Howdah.Patterns.Partitions.Retiring;
using Npgsql;

namespace Howdah.Cli.Commands;

/// <summary><c>howdah partition restore</c>: an archived partition comes back.</summary>
static class PartitionRestoreCommand
{
    internal static Command Create()
    {
        var table = new Argument<string>("table") { Description = "The partitioned table." };
        var archive = new Argument<string>("archive") { Description = "The partition's name, or the file of its manifest." };
        var beside = new Option<bool>("--beside") { Description = "As a table of its own, not as a partition of its table." };
        var path = PartitionCommand.Folder();
        var database = Common.Database();
        var json = new Option<bool>("--json") { Description = "One JSON document: what came back." };
        var command = Common.Command("restore", "Brings an archived partition back into its place: a table like the partitioned one is "
            + "filled from the archive, compared with what was archived and attached, all or nothing. The next upkeep retires it "
            + "again, unless it is kept for longer.", "howdah partition restore sales.events sales.events_p202401");
        command.Add(table);
        command.Add(archive);
        foreach (var option in (Option[])[beside, path, database, json])
            command.Add(option);
        command.SetAction((parsed, token) =>
            Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, async (screen, session) =>
        {
            var back = await RunAsync(session, parsed.GetValue(database), parsed.GetValue(table)!, parsed.GetValue(archive)!,
                !parsed.GetValue(beside), token);
            if (parsed.GetValue(json))
                screen.Out(new JsonObject
                {
                    ["table"] = back.Table,
                    ["partition"] = back.Partition,
                    ["rows"] = back.Rows,
                    ["attached"] = back.Attached,
                    ["noted"] = back.Noted,
                }.ToJsonString() + "\n");
            screen.Tell(string.Create(CultureInfo.InvariantCulture, $"{back.Partition} is back with {back.Rows:N0} rows, ")
                + (back.Attached ? $"as a partition of {back.Table}; the next upkeep retires it again, unless it is kept for longer."
                    : $"as a table beside {back.Table}.")
                + (back.Noted ? "" : " The database did not know this archive: it is what its own manifest says."));
            return ExitCodes.Done;
        }, token, parsed.GetValue(json)));
        return command;
    }

    static async Task<RestoredPartition> RunAsync(Session session, string? database, string table, string archive, bool attach,
        CancellationToken token)
    {
        try
        {
            return await PartitionRestore.RunAsync(session, Common.Pick(session.Estate, database), table, archive, attach, token);
        }
        catch (PostgresException refused) when (attach && refused.SqlState is PostgresErrorCodes.InvalidObjectDefinition
            or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.CheckViolation)
        {
            throw new StepFailure($"nothing was restored: {refused.MessageText} (SQLSTATE {refused.SqlState}); "
                + (refused.SqlState == PostgresErrorCodes.LockNotAvailable ? "somebody uses the table: try again"
                    : "its place is taken: --beside makes it a table of its own"));
        }
    }
}
