using System.CommandLine;
using Howdah.Cli.Output;
using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Engine.Files;
using Howdah.Engine.Proving;
using Howdah.Engine.Planning;
using Howdah.Engine.Servers;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Prover;
using Howdah.Prover.Fixing;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Cli.Commands;

static class ProveCommand
{
    static readonly Option<string?> Fix = new("--fix")
    {
        Description = "Save the plan that closes what was found, and nothing else, to this file, for apply --plan; - is stdout.",
    };

    internal static Command Create()
    {
        var path = Common.Path();
        var command = Common.Command("prove",
            "Attacks the result through real logins; everything is rolled back. Exit 2 if anything broke, 4 if only inconclusive.",
            "howdah prove --fix close.json && howdah apply --plan close.json");
        command.Add(path);
        command.Add(Fix);
        ProofOutput.AddOptions(command);
        command.SetAction((parsed, token) =>
            Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, async (screen, session) =>
        {
            Proof proof;
            using (var ticker = new Ticker(screen))
                proof = await ProveAsync(session, token, ticker);
            proof = await ProofOutput.NarrowAsync(screen, parsed, proof, Catalogue, session.Estate.Folder, token);
            if (parsed.GetValue(Fix) is { } file && !await SaveFixAsync(screen, session, proof, file, token))
                return ProofOutput.Exit(proof);
            return await ProofOutput.WriteAsync(screen, parsed, proof, token);
        }, token));
        return command;
    }

    // Says whether stdout is still free for the report.
    static async Task<bool> SaveFixAsync(Screen screen, Session session, Proof proof, string file, CancellationToken token)
    {
        if (proof.Of(Verdict.Broken).Count == 0)
        {
            screen.Tell("Nothing is broken, so there is nothing to close: no plan was written.");
            return true;
        }
        var fix = FixPlan.Make(await session.PlanAsync(rehearse: false, token), proof.Findings);
        foreach (var open in fix.Open)
            screen.Tell($"not in the plan: {open}");
        if (fix.Plan.Steps.Count == 0)
        {
            screen.Tell("No step closes what is broken: no plan was written.");
            return true;
        }
        if (file == "-")
        {
            screen.Out(PlanFile.Write(fix.Plan));
            return false;
        }
        await File.WriteAllTextAsync(file, PlanFile.Write(fix.Plan), token);
        var allow = string.Concat(fix.Plan.Hazards.Select(static kind => $" --allow {Hazard.Kinds.First(each => each.Value == kind).Key}"));
        screen.Tell($"{PlanText.Write(fix.Plan, Terminal.Width, Terminal.ErrorColors, screen.Verbose)}"
            + $"Saved to {file}. Read it, then: howdah apply --plan {file}{allow}");
        return true;
    }

    /// <summary>Makes of the plan of everything the saved plan that closes what a proof found: what is found is looked for again, so that
    /// nothing is done that is not needed, and nothing that is in the file only.</summary>
    internal static Func<Plan, CancellationToken, Task<Plan>> Closing(Screen screen, Session session, SavedPlan saved) =>
        async (whole, token) =>
        {
            var proof = await ProofOutput.BesideAsync(ProofOutput.Masked(screen, await ProveAsync(session, token)), Catalogue,
                session.Estate.Folder, token);
            return FixPlan.Make(whole, proof.Findings, saved.Steps.Select(static step => step.Id).ToHashSet(StringComparer.Ordinal)).Plan;
        };

    /// <summary>Every attack on an estate.</summary>
    internal static IReadOnlyList<Attack> Catalogue { get; } = 
        [.. Common.Engine.Patterns.SelectMany(static pattern => pattern.Attacks), .. Checker.Attacks, .. ProofAttacks.All];

    /// <summary>Proves an estate, and says who, where, when and by which catalogue.</summary>
    internal static async Task<Proof> ProveAsync(Session session, CancellationToken token, IProgress<string>? progress = null)
    {
        var findings = new List<Finding>();
        await foreach (var finding in session.ProveAsync(token))
        {
            findings.Add(finding.File is null ? finding
                : finding with { File = Path.GetRelativePath(Directory.GetCurrentDirectory(), finding.File) });
            progress?.Report($"{findings.Count} tried, now {finding.Pattern}: {finding.Attack.Id} on {finding.Target} …");
        }
        var notes = new List<string>();
        foreach (var database in session.Estate.Databases)
            await CheckAsync(session, database, findings, notes, progress, token);
        var servers = session.Servers.Values.OrderBy(static server => server.Name, StringComparer.Ordinal).ToList();
        return new(session.Estate.Name, OneCause.Merge(findings), $"howdah {Program.Version}", AttackCatalogue.Version(Catalogue),
            [.. servers.Select(static server => $"{server.Where} PostgreSQL {server.Facts.Major}.{server.Facts.Version % 10000}")],
            session.Estate.SpecHash, string.Join(", ", servers.Select(static server => server.Facts.User).Distinct()),
            TimeProvider.System.GetUtcNow(), notes);
    }

    // Beside each pattern's own proofs, everything an intruder would try in the database, declared in the file or not.
    static async Task CheckAsync(Session session, DatabaseSpec database, List<Finding> findings, List<string> notes,
        IProgress<string>? progress, CancellationToken token)
    {
        try
        {
            var result = await Checker.CheckAsync(session.Servers[database.Server].AdminConnectionString(database.Name),
                new()
                {
                    Hints = Known(session, database, notes), Logins = Logins(session.Servers[database.Server], database.Name),
                    Progress = progress is null ? null : progress.Report,
                }, token);
            var places = await PlacesAsync(session, database, token);
            findings.AddRange(result.Findings.Where(finding => !IsAtHome(finding, places)).Select(finding =>
                finding with { Server = database.Server, Database = database.Name }));
            notes.AddRange(result.Notes.Select(note => $"{database.Name}: {note}"));
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            notes.Add($"database {database.Name} does not exist yet");
        }
    }

    // A tenant's schema is that tenant's: whoever has no floor there needs none, and each has a check of its own. Whether others get in is
    // asked by tenancy's attacks on places, and whether it is made as home by the plan.
    static bool IsAtHome(Finding finding, HashSet<string> places) =>
        finding.Targets.All(target => target.Split(" as ") is [var table, var role]
            && places.Contains(table.Split('.')[0]) && role == table.Split('.')[0]);

    static async Task<HashSet<string>> PlacesAsync(Session session, DatabaseSpec database, CancellationToken token)
    {
        if (TenantContext.SettingOf(database) is null)
            return [];
        try
        {
            await using var tenants = await Tenants.OpenAsync(session, database, token);
            return [.. (await tenants.ListAsync(token)).Select(static tenant => tenant.Home.Place).OfType<string>()];
        }
        catch (PostgresException none) when (none.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName)
        {
            return []; // nothing is applied yet
        }
    }

    // The estate's own logins are really tried on its databases; whose secret is not to be had here is told by its own proofs.
    static Dictionary<string, string> Logins(ServerAccess server, string database)
    {
        var logins = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var role in server.LoginRoles)
        {
            try
            {
                logins[role] = server.LoginConnectionString(role, database);
            }
            catch (LoginUnavailableException)
            {
                continue;
            }
        }
        return logins;
    }

    // What the file says need not be guessed. Who attacks is not taken from it: a login that nobody declared is the one to fear.
    static Hints Known(Session session, DatabaseSpec database, List<string> notes) => TenantContext.SettingOf(database) is { } context
        && TenantContext.ColumnOf(database) is { } column
        ? Hints.None with { TenantColumns = [column], Contexts = [context], Entrance = Signed(session, database, notes) } : Hints.None;

    // Where contexts are signed, two tenants that nobody is attack, each with a context of its own, and one of the first that has expired.
    static Entrance Signed(Session session, DatabaseSpec database, List<string> notes)
    {
        var (a, b) = (Guid.Parse("a0a0a0a0-0000-4000-8000-00000000000a"), Guid.Parse("a0a0a0a0-0000-4000-8000-00000000000b"));
        // For as long as the proof may take.
        var (later, past) = (TimeProvider.System.GetUtcNow().AddHours(4), DateTimeOffset.UnixEpoch.AddDays(1));
        try
        {
            return TenantAccess.SignedContext(session, database, a, later) is { } first
                ? Entrance.Read(null, [$"{a}={first}", $"{b}={TenantAccess.SignedContext(session, database, b, later)}"],
                    TenantAccess.SignedContext(session, database, a, past))
                : Entrance.Plain;
        }
        catch (LoginUnavailableException missing)
        {
            notes.Add($"{database.Name}: contexts are signed, and the key is not to be had here, so attacks that begin with an own row "
                + $"were not run: {missing.Message}");
            return Entrance.Plain;
        }
    }
}
