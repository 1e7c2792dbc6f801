using System.CommandLine;
using System.Text.Json.Nodes;
using Howdah.Cli.Output;
using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Proving;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Registry;

namespace Howdah.Cli.Commands;

/// <summary><c>howdah tenant move</c>: to another model or server while the tenant is served, and the end of a move that was cut
/// off.</summary>
static class TenantMoveCommand
{
    static readonly Argument<string?> Name = new("name") { Description = "The tenant's name.", Arity = ArgumentArity.ZeroOrOne };
    static readonly Option<string?> To = new("--to") { Description = "rows, schemas or databases." };
    static readonly Option<string?> Server = new("--server")
    {
        Description = "The server for its database; the first of tenancy.servers if left out.",
    };
    static readonly Option<bool> Resume = new("--resume") { Description = "Finish a move that was cut off." };
    static readonly Option<bool> Abort = new("--abort")
    {
        Description = "Take back a move that was cut off, or stopped, before it switched: nothing of it stays.",
    };
    static readonly Option<bool> All = new("--all") { Description = "All tenants that do not live so yet, one after the other." };
    static readonly Option<bool> Json = new("--json") { Description = "JSON on stdout." };
    static readonly Option<bool> NoProve = new("--no-prove") { Description = "Do not attack the result." };

    internal static Command Create()
    {
        To.AcceptOnlyFromAmong("rows", "schemas", "databases");
        var path = new Option<string>("--dir") { Description = "The folder that holds estate.yaml.", DefaultValueFactory = _ =>
            SqlCommand.Folder() };
        var database = Common.Database();
        var command = Common.Command("move", "Moves a tenant between rows, schemas and databases while its clients read and write.",
            "howdah tenant move Ontario --to databases");
        command.Add(Name);
        foreach (var option in (Option[])[To, Server, Resume, Abort, All, Json, NoProve, path, database])
            command.Add(option);
        command.SetAction((parsed, token) => Problem(parsed) is { } problem
            ? Common.GuardAsync(parsed, screen =>
            {
                screen.Error(problem);
                return Task.FromResult(ExitCodes.Usage);
            }, token)
            : Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, (screen, session) =>
                RunAsync(parsed, screen, session, Common.Pick(session.Estate, parsed.GetValue(database)), token), token,
                parsed.GetValue(Json)));
        return command;
    }

    static string? Problem(ParseResult parsed)
    {
        var (resume, abort, all) = (parsed.GetValue(Resume), parsed.GetValue(Abort), parsed.GetValue(All));
        if (resume && abort)
            return "--resume and --abort are opposites: choose one";
        if (all == parsed.GetValue(Name) is not null)
            return "name a tenant, or say --all";
        if (all && (resume || abort))
            return "moves that were cut off are ended one by one: name the tenant";
        if ((resume || abort) && (parsed.GetValue(To) ?? parsed.GetValue(Server)) is not null)
            return "the move knows where it goes: leave --to and --server out";
        return resume || abort || parsed.GetValue(To) is not null ? null : "say where to: --to rows, --to schemas or --to databases";
    }

    static async Task<int> RunAsync(ParseResult parsed, Screen screen, Session session, DatabaseSpec database, CancellationToken token)
    {
        var results = new List<MoveResult>();
        try
        {
            foreach (var name in await NamesAsync(parsed, session, database, token))
                results.Add(await OneAsync(parsed, screen, session, database, name, token));
        }
        catch (MoveException stopped)
        {
            throw new StepFailure(stopped.Message);
        }
        finally
        {
            if (parsed.GetValue(Json))
                screen.Out(new JsonObject { ["moves"] = new JsonArray([.. results.Select(Write)]) }.ToJsonString() + "\n");
        }
        return results.Any(static result => result.Outcome == "moved") && !parsed.GetValue(NoProve)
            ? await ProveAsync(screen, session, token) : ExitCodes.Done;
    }

    static async Task<IReadOnlyList<string>> NamesAsync(ParseResult parsed, Session session, DatabaseSpec database, CancellationToken token)
    {
        if (!parsed.GetValue(All))
            return [parsed.GetValue(Name)!];
        await using var tenants = await Tenants.OpenAsync(session, database, token);
        return [.. (await tenants.ListAsync(token)).Where(static tenant => tenant.State == "active").Select(static tenant => tenant.Name)];
    }

    static async Task<MoveResult> OneAsync(ParseResult parsed, Screen screen, Session session, DatabaseSpec database, string name,
        CancellationToken token)
    {
        var options = new MoveOptions { Progress = new Told(screen) };
        var result = parsed.GetValue(Resume) ? await TenantMove.ResumeAsync(session, database, name, options, token)
            : parsed.GetValue(Abort) ? await TenantMove.AbortAsync(session, database, name, options, token)
            : await TenantMove.StartAsync(session, database, name, Enum.Parse<TenancyModel>(parsed.GetValue(To)!, ignoreCase: true),
                parsed.GetValue(Server), options, token);
        screen.Tell(result.Outcome switch
        {
            "there" => $"Tenant {name} lives in {TenantRegistry.NameOf(result.To.Model)} already.",
            "aborted" => $"Tenant {name} is served where it was; nothing of the move is left.",
            _ => $"Tenant {name} is served in {TenantRegistry.NameOf(result.To.Model)}: {result.Rows} rows copied, "
                + $"{result.Changes} changes followed, "
                + $"{(result.Pause is { } pause ? $"it waited {pause.TotalMilliseconds:0} ms" : "an earlier run switched")}. "
                + "To take it back, move it back.",
        });
        return result;
    }

    // Where a tenant lives is a promise like any other: it is attacked before anybody is told that all is well.
    internal static async Task<int> ProveAsync(Screen screen, Session session, CancellationToken token)
    {
        var (held, broken) = (0, 0);
        await foreach (var finding in session.ProveAsync(token))
            if (finding.Pattern == "tenancy" && finding.Verdict == Verdict.Broken)
            {
                broken++;
                screen.Error($"{finding.Attack.Id} {finding.Target}: {finding.Evidence}");
            }
            else if (finding.Pattern == "tenancy" && finding.Verdict == Verdict.Held)
            {
                held++;
            }
        screen.Tell($"Proved: {held} attacks on tenancy held, {broken} got through.");
        return broken > 0 ? ExitCodes.Differs : ExitCodes.Done;
    }

    static JsonNode Write(MoveResult result) => new JsonObject
    {
        ["tenant"] = result.Tenant,
        ["id"] = result.Id.ToString(),
        ["outcome"] = result.Outcome,
        ["from"] = Write(result.From),
        ["to"] = Write(result.To),
        ["rows"] = result.Rows,
        ["changes"] = result.Changes,
        ["pauseMs"] = result.Pause?.TotalMilliseconds,
        ["verified"] = result.Verified,
    };

    static JsonObject Write(Placement place) => new()
    {
        ["model"] = TenantRegistry.NameOf(place.Model),
        ["server"] = place.Server,
        ["database"] = place.Database,
        ["place"] = place.Place,
    };

    sealed class Told(Screen screen) : IProgress<MoveProgress>
    {
        public void Report(MoveProgress value) => screen.Tell($"  {value.Step}: {value.Message}");
    }
}
