using System.CommandLine;
using Howdah.Cli.Output;
using Howdah.Engine.Files;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Cli.Commands;

static class DoctorCommand
{
    internal static Command Create()
    {
        var path = Common.Path();
        var command = Common.Command("doctor", "Tells what is there, what the estate needs, and what is missing.", "howdah doctor");
        command.Add(path);
        command.SetAction((parsed, token) => Common.GuardAsync(parsed, async screen =>
        {
            var well = true;
            void Say(bool ok, string what, string? hint = null)
            {
                well &= ok;
                screen.Out($"{Terminal.Paint(ok ? "✓" : "✗", ok ? "32" : "31", Terminal.Colors)} "
                    + $"{what}{(ok || hint is null ? "" : $"\n    {hint}")}\n");
            }

            var estate = Common.Load(screen, parsed, parsed.GetValue(path)!);
            Say(estate is not null, estate is null ? "the estate file has mistakes" : $"estate `{estate.Name}` reads well", "see above");
            foreach (var server in estate?.Servers.Values ?? [])
            {
                try
                {
                    var session = await Common.OpenAsync(screen,
                        estate! with { Servers = new Dictionary<string, ServerSpec> { [server.Name] = server }, Databases = [] },
                            start: false, token);
                    var access = session.Servers[server.Name];
                    var facts = await access.ProbeAsync(token);
                    Say(true, $"server `{server.Name}` answers at {access.Where}: PostgreSQL "
                        + $"{facts.Version / 10000}.{facts.Version % 10000}");
                    Say(facts.Major is >= 15 and <= 18, "its version is one Howdah knows (15 to 18)",
                        "older servers lack what plans rely on");
                    Say(!facts.InRecovery, "it is a primary", "apply needs the primary");
                    Say(facts.IsSuperuser || await MayAsync(access, token), $"{facts.User} may make roles and databases",
                        $"ALTER ROLE \"{facts.User}\" CREATEROLE CREATEDB");
                    Say(facts.IsSuperuser, $"{facts.User} is a superuser: passwords can be compared, the tenancy guard can be made",
                        "without one, password drift is not seen and tables made outside Howdah are open until the next apply");
                }
                catch (Exception failed) when (failed is ServerUnavailableException or NpgsqlException)
                {
                    Say(false, $"server `{server.Name}`: {failed.Message}");
                }
            }
            return well ? ExitCodes.Done : ExitCodes.Failed;
        }, token));
        return command;
    }

    static async Task<bool> MayAsync(ServerAccess server, CancellationToken token)
    {
        await using var connection = await server.OpenAdminAsync(null, token);
        await using var command = new NpgsqlCommand(
            "select rolcreaterole and rolcreatedb from pg_catalog.pg_roles where rolname = current_user", connection);
        return await command.ExecuteScalarAsync(token) is true;
    }
}
