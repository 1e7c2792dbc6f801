using System.CommandLine;
using Howdah.Cli.Output;
using Howdah.Engine;
using Howdah.Engine.Servers;
using Howdah.Patterns.Data.Loading;
using Howdah.Patterns.Pipelines;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Cli.Commands;

static class UpCommand
{
    internal static Command Create()
    {
        var path = Common.Path(Common.DefaultFolder);
        var allow = ApplyCommand.Allow();
        var command = Common.Command("up",
            "Starts the estate's embedded servers, applies, loads its data, proves, and says how to connect.",
                "howdah up samples/superstore");
        command.Add(path);
        command.Add(allow);
        command.SetAction((parsed, token) => Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: true, async (screen, session) =>
        {
            var applied = await ApplyCommand.RunAsync(screen, session,
                new() { Allow = parsed.GetValue(allow)!.Select(name => Howdah.Engine.Planning.Hazard.Kinds[name]).ToHashSet() }, token);
            if (applied != ExitCodes.Done)
                return applied;
            var known = await KnownAsync(session, token);
            foreach (var load in (await DataLoader.RunAsync(session, screen.Progress, token)).Where(load => load.Loaded))
                screen.Tell($"Loaded {load.File} by {load.Steps}: {load.Rows} lines.");
            if (await LoadAsync(screen, session, token) is not ExitCodes.Done and var failed)
                return failed;
            await PlaceAsync(screen, session, known, token);
            if (await ApplyCommand.CatchUpAsync(screen, session, token) is not ExitCodes.Done and var shared)
                return shared;
            var proof = await ProofOutput.BesideAsync(
                ProofOutput.Masked(screen, await ProveCommand.ProveAsync(session, token)), ProveCommand.Catalogue, session.Estate.Folder,
                token);
            var exit = ProofOutput.Exit(proof);
            screen.Tell(exit == ExitCodes.Done ? FindingText.Summary(proof)
                : FindingText.Write(proof, Terminal.Width, Terminal.ErrorColors));
            await HintAsync(screen, session, parsed.GetValue(path)!, token);
            return exit;
        }, token));
        return command;
    }

    // What is loaded already is nothing to tell.
    static async Task<int> LoadAsync(Screen screen, Session session, CancellationToken token)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(30) };
        foreach (var database in session.Estate.Databases)
        {
            foreach (var pipeline in PipelineLoad.Order(database, withUp: true))
            {
                using var line = new LoadLine(screen, TimeProvider.System);
                var reports = await PipelineLoad.RunAsync(session, database, pipeline,
                    new() { Progress = line, Client = client, Tool = $"howdah {Program.Version}" }, token);
                line.Dispose();
                if (LoadText.Tell(screen, [.. reports.Where(static each => each.Outcome != LoadOutcome.Known)], json: false)
                    is not ExitCodes.Done and var failed)
                    return failed;
            }
        }
        return ExitCodes.Done;
    }

    static async Task<HashSet<Guid>> KnownAsync(Session session, CancellationToken token)
    {
        var known = new HashSet<Guid>();
        foreach (var database in session.Estate.Databases.Where(static each => TenantContext.SettingOf(each) is not null))
        {
            await using var tenants = await Tenants.OpenAsync(session, database, token);
            known.UnionWith((await tenants.ListAsync(token)).Select(static tenant => tenant.Id));
        }
        return known;
    }

    // A load registers tenants whose rows it puts into the home tables: those that it has just registered go where the estate says. Who was
    // there before lives where somebody wanted it to.
    static async Task PlaceAsync(Screen screen, Session session, HashSet<Guid> known, CancellationToken token)
    {
        foreach (var database in session.Estate.Databases.Where(static each => TenantContext.SettingOf(each) is not null))
        {
            await using var tenants = await Tenants.OpenAsync(session, database, token);
            if (tenants.DefaultModel == TenancyModel.Rows)
                continue;
            var unplaced = (await tenants.ListAsync(token)).Where(static tenant =>
                tenant is { State: "active", Home.Model: TenancyModel.Rows })
                .ToList();
            var placed = 0;
            foreach (var tenant in unplaced.Where(tenant => !known.Contains(tenant.Id)))
            {
                try
                {
                    await TenantMove.StartAsync(session, database, tenant.Name, tenants.DefaultModel, null, new(), token);
                    placed++;
                }
                catch (MoveException cannot)
                {
                    screen.Tell($"Tenant {tenant.Name} stays in rows: {cannot.Message}");
                    break;
                }
            }
            var words = TenantRegistry.NameOf(tenants.DefaultModel);
            if (placed > 0)
                screen.Tell($"{placed} tenants of {database.Name} were loaded into rows and moved into {words}, as the estate says.");
            if (unplaced.Count > placed)
                screen.Tell($"{unplaced.Count - placed} tenants of {database.Name} live in rows, the estate says {words}: "
                    + "howdah tenant move takes each there.");
        }
    }

    /// <summary>Lines to paste: the tenant with the most rows, and the one with the fewest.</summary>
    static async Task HintAsync(Screen screen, Session session, string path, CancellationToken token)
    {
        var folder = path == Common.DefaultFolder ? "" : $" {path}";
        foreach (var database in session.Estate.Databases)
        {
            if (TenantContext.ApplicationOf(database) is not { } role || TenantContext.SampleTableOf(database) is not { } table)
                continue;
            screen.Tell($"\nLog in as an application, as one tenant of {database.Name} (dir first: howdah sql{folder} …):");
            foreach (var (tenant, rows) in await ExtremesAsync(session, database, role, table, token))
                screen.Tell($"  howdah sql{folder} --as {role} --tenant '{tenant}' 'SELECT count(*) FROM {table}'   # {rows}");
            screen.Tell($"  psql \"$(howdah dsn{folder} --as {role})\"   # without a tenant: no rows");
        }
    }

    static async Task<IEnumerable<(string Tenant, long Rows)>> ExtremesAsync(
        Session session, Engine.Files.DatabaseSpec database, string role, string table, CancellationToken token)
    {
        var counts = new List<(string Tenant, long Rows)>();
        try
        {
            await using var admin = await session.Servers[database.Server].OpenAdminAsync(database.Name, token);
            var tenants = (await new TenantRegistry(admin, database.Server).ListAsync(token)).Take(200);
            await using var login = await session.Servers[database.Server].OpenLoginAsync(role, database.Name, token);
            foreach (var tenant in tenants)
            {
                await using var batch = new NpgsqlBatch(login)
                {
                    BatchCommands =
                    {
                        new("select pg_catalog.set_config($1, $2, true)") { Parameters =
                            { new() { Value = TenantContext.SettingOf(database)! }, new() { Value = tenant.Id.ToString() } } },
                        new($"select count(*) from {table}"),
                    },
                };
                await using var rows = await batch.ExecuteReaderAsync(token);
                await rows.NextResultAsync(token);
                await rows.ReadAsync(token);
                counts.Add((tenant.Name, rows.GetInt64(0)));
            }
        }
        catch (Exception none) when (none is NpgsqlException or LoginUnavailableException)
        {
            return []; // a hint is not worth a failure: the role may not read that table
        }
        counts.Sort(static (a, b) => b.Rows != a.Rows ? b.Rows.CompareTo(a.Rows) : string.CompareOrdinal(a.Tenant, b.Tenant));
        return counts.Count > 1 ? [counts[0], counts[^1]] : counts;
    }
}
