using System.CommandLine;
using Howdah.Cli.Output;
using Howdah.Patterns.Tenancy.Registry;

namespace Howdah.Cli.Commands;

static class TenantCommand
{
    internal static Command Create()
    {
        var command = Common.Command("tenant", "Lists and makes tenants.", "howdah tenant list");
        command.Add(List());
        command.Add(Make());
        return command;
    }

    static Command List()
    {
        var path = new Option<string>("--dir") { Description = "The folder that holds estate.yaml.", DefaultValueFactory = _ =>
            SqlCommand.Folder() };
        var database = Common.Database();
        var command = Common.Command("list", "Lists tenants: name, id, state.", "howdah tenant list");
        command.Add(path);
        command.Add(database);
        command.SetAction((parsed, token) => RunAsync(parsed, parsed.GetValue(path)!, parsed.GetValue(database), async (screen, registry) =>
        {
            foreach (var tenant in await registry.ListAsync(token))
                screen.Out($"{tenant.Name},{tenant.Id},{tenant.State}\n");
        }, token));
        return command;
    }

    static Command Make()
    {
        var name = new Argument<string>("name") { Description = "The tenant's name; its id is made by the registry." };
        var path = new Option<string>("--dir") { Description = "The folder that holds estate.yaml.", DefaultValueFactory = _ =>
            SqlCommand.Folder() };
        var database = Common.Database();
        var command = Common.Command("create", "Makes a tenant and prints its id; the one there is, where the name is taken.",
            "howdah tenant create Ontario");
        command.Add(name);
        command.Add(path);
        command.Add(database);
        command.SetAction((parsed, token) => RunAsync(parsed, parsed.GetValue(path)!, parsed.GetValue(database), async (screen, registry) =>
            screen.Out($"{(await registry.CreateAsync(parsed.GetValue(name)!, token)).Id}\n"), token));
        return command;
    }

    static Task<int> RunAsync(ParseResult parsed, string path, string? database, Func<Screen, TenantRegistry, Task> work,
        CancellationToken token) =>
        Common.WithSessionAsync(parsed, path, start: false, async (screen, session) =>
        {
            var target = Common.Pick(session.Estate, database);
            if (TenantContext.SettingOf(target) is null)
                throw new ArgumentException($"database {target.Name} declares no tenancy");
            await using var connection = await session.Servers[target.Server].OpenAdminAsync(target.Name, token);
            await work(screen, new(connection, target.Server));
            return ExitCodes.Done;
        }, token);
}
