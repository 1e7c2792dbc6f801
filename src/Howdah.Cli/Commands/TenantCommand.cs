using System.CommandLine;
using System.Globalization;
using Howdah.Cli.Output;
using Howdah.Engine.Proving;
using Howdah.Patterns.Tenancy.Registry;

namespace Howdah.Cli.Commands;

static class TenantCommand
{
    static readonly List<string> Columns = ["name", "id", "state", "model", "where", "epoch"];

    static readonly Option<bool> Json = new("--json") { Description = "JSON on stdout." };

    internal static Command Create()
    {
        var command = Common.Command("tenant", "The life of tenants: list, show, create, suspend, resume, rename, move, export, import, "
            + "erase.", "howdah tenant list");
        command.Add(List());
        command.Add(Show());
        command.Add(Make());
        command.Add(Turn("suspend", "Stops serving a tenant, wherever it lives; its rows stay. Its clients are refused with SQLSTATE "
            + "HW001 or "
            + "42501.", static (tenants, name, token) => tenants.SuspendAsync(name, token)));
        command.Add(Turn("resume", "Serves a suspended tenant again.", static (tenants, name, token) => tenants.ResumeAsync(name, token)));
        command.Add(Rename());
        command.Add(TenantMoveCommand.Create());
        command.Add(TenantArchiveCommands.Export());
        command.Add(TenantArchiveCommands.Import());
        command.Add(TenantEraseCommand.Create());
        return command;
    }

    static Command List()
    {
        var command = Common.Command("list", "Lists tenants: name, id, state, model, where, epoch; a table on a terminal, CSV in a pipe.",
            "howdah tenant list");
        return Ready(command, async (_, screen, tenants, shape, token) =>
        {
            var rows = (await tenants.ListAsync(token)).Select(Row).ToList();
            screen.Out(RowText.Write(Columns, rows, shape));
            foreach (var move in await tenants.UnderWayAsync(token))
                screen.Tell($"note: {move.Sentence}");
        });
    }

    static Command Show()
    {
        var name = Name();
        var command = Common.Command("show", "Shows a tenant and what was done to it.", "howdah tenant show Ontario");
        command.Add(name);
        return Ready(command, async (parsed, screen, tenants, shape, token) =>
        {
            var tenant = await tenants.GetAsync(parsed.GetValue(name)!, token);
            screen.Out(RowText.Write(Columns, [Row(tenant)], shape));
            if (shape == "json")
                return;
            foreach (var done in await tenants.EventsAsync(tenant, token))
                screen.Tell(string.Create(CultureInfo.InvariantCulture, $"{done.At:u}  {done.Action}  by {done.By}  {done.Detail}"));
        });
    }

    static Command Make()
    {
        var name = Name();
        var model = new Option<string?>("--model") { Description = "rows, schemas or databases; what the estate says if left out." };
        model.AcceptOnlyFromAmong("rows", "schemas", "databases");
        var server = new Option<string?>("--server") { Description = "The server for its database; the first of tenancy.servers if left "
            + "out." };
        var command = Common.Command("create", "Makes a tenant with its place and prints its id; the one there is, where the name is "
            + "taken.",
            "howdah tenant create Ontario --model databases");
        command.Add(name);
        command.Add(model);
        command.Add(server);
        return Ready(command, async (parsed, screen, tenants, _, token) =>
        {
            var tenant = await tenants.CreateAsync(parsed.GetValue(name)!, parsed.GetValue(model) switch
            {
                "rows" => TenancyModel.Rows,
                "schemas" => TenancyModel.Schemas,
                "databases" => TenancyModel.Databases,
                _ => null,
            }, parsed.GetValue(server), token);
            screen.Out(parsed.GetValue(Json) ? RowText.Write(Columns, [Row(tenant)], "json") : $"{tenant.Id}\n");
            if (parsed.GetValue(model) is null && tenant.Home.Model != tenants.DefaultModel)
                screen.Tell($"The tenant was there already, in {TenantRegistry.NameOf(tenant.Home.Model)}, and stays there.");
            var proof = await tenants.ProveAsync(tenant, token);
            foreach (var finding in proof.Where(static finding => finding.Verdict != Verdict.Held))
                screen.Tell($"{finding.Verdict.ToString().ToLowerInvariant()}: {finding.Attack.Id} {finding.Attack.Title}: "
                    + $"{finding.Target}: "
                    + finding.Evidence);
            if (proof.Any(static finding => finding.Verdict == Verdict.Broken))
            {
                screen.Error($"tenant {tenant.Name} is made, and its proof is broken: howdah tenant suspend it before it is served");
                return ExitCodes.Differs;
            }
            if (proof.Count > 0)
                screen.Tell($"Proof: {proof.Count(static finding => finding.Verdict == Verdict.Held)} of {proof.Count} held.");
            return ExitCodes.Done;
        });
    }

    static Command Turn(string verb, string about, Func<Tenants, string, CancellationToken, Task<Tenant>> turn)
    {
        var name = Name();
        var command = Common.Command(verb, about, $"howdah tenant {verb} Ontario");
        command.Add(name);
        return Ready(command, async (parsed, screen, tenants, _, token) =>
        {
            var tenant = await turn(tenants, parsed.GetValue(name)!, token);
            if (parsed.GetValue(Json))
                screen.Out(RowText.Write(Columns, [Row(tenant)], "json"));
            screen.Tell($"Tenant {tenant.Name} is {tenant.State}.");
        });
    }

    static Command Rename()
    {
        var name = Name();
        var to = new Argument<string>("to") { Description = "The new name." };
        var command = Common.Command("rename", "Gives a tenant another name; its id, place and rows stay.",
            "howdah tenant rename Ontario 'Ontario South'");
        command.Add(name);
        command.Add(to);
        return Ready(command, async (parsed, screen, tenants, _, token) =>
        {
            var tenant = await tenants.RenameAsync(parsed.GetValue(name)!, parsed.GetValue(to)!, token);
            if (parsed.GetValue(Json))
                screen.Out(RowText.Write(Columns, [Row(tenant)], "json"));
            screen.Tell($"Tenant {tenant.Id} is {tenant.Name}.");
        });
    }

    static Argument<string> Name() => new("name") { Description = "The tenant's name; its id is made by the registry." };

    static string?[] Row(Tenant tenant) => [tenant.Name, tenant.Id.ToString(), tenant.State, TenantRegistry.NameOf(tenant.Home.Model),
        Where(tenant.Home), tenant.Epoch.ToString(CultureInfo.InvariantCulture)];

    static string Where(Placement place) => place.Model switch
    {
        TenancyModel.Rows => $"{place.Server}/{place.Database}",
        TenancyModel.Schemas => $"{place.Server}/{place.Database}/{place.Place}",
        _ => $"{place.Server}/{place.Place}",
    };

    static Command Ready(Command command, Func<ParseResult, Screen, Tenants, string, CancellationToken, Task> work) =>
        Ready(command, async (parsed, screen, tenants, shape, token) =>
        {
            await work(parsed, screen, tenants, shape, token);
            return ExitCodes.Done;
        });

    static Command Ready(Command command, Func<ParseResult, Screen, Tenants, string, CancellationToken, Task<int>> work)
    {
        var path = new Option<string>("--dir") { Description = "The folder that holds estate.yaml.", DefaultValueFactory = _ =>
            SqlCommand.Folder() };
        var database = Common.Database();
        command.Add(path);
        command.Add(database);
        command.Add(Json);
        command.SetAction((parsed, token) => Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, async (screen,
            session) =>
        {
            await using var tenants = await Tenants.OpenAsync(session, Common.Pick(session.Estate, parsed.GetValue(database)), token);
            var shape = parsed.GetValue(Json) ? "json" : Console.IsOutputRedirected ? "csv" : "table";
            return await work(parsed, screen, tenants, shape, token);
        }, token, parsed.GetValue(Json)));
        return command;
    }
}
