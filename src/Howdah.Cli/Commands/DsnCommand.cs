using System.CommandLine;
using Howdah.Engine.Servers;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Cli.Commands;

static class DsnCommand
{
    internal static Command Create()
    {
        var path = new Argument<string?>("path") { Description = "The folder that holds estate.yaml, or the file itself.",
            Arity = ArgumentArity.ZeroOrOne };
        var role = new Option<string>("--as") { Description = "The role; admin is the role that applies.", DefaultValueFactory = _ =>
            "admin" };
        var database = Common.Database();
        var format = new Option<string>("--format") { Description = "uri, npgsql or env.", DefaultValueFactory = _ => "uri" };
        format.AcceptOnlyFromAmong("uri", "npgsql", "env");
        var command = Common.Command("dsn", "Prints a connection string, password included, because it was asked for.",
            "psql \"$(howdah dsn --as store_app)\"");
        command.Add(path);
        var tenant = new Option<string?>("--tenant") { Description = "A tenant, by name: the way to where it lives, as its own role "
            + "there." };
        var key = new Option<bool>("--key")
        {
            Description = "Print the secret from which the application makes tenants' passwords and signed contexts (HOWDAH_TENANT_KEY).",
        };
        foreach (var option in (Option[])[role, tenant, key, database, format])
            command.Add(option);
        command.SetAction((parsed, token) =>
            Common.WithSessionAsync(parsed, parsed.GetValue(path) ?? SqlCommand.Folder(), start: false, async (_, session) =>
        {
            var target = Common.Pick(session.Estate, parsed.GetValue(database));
            var server = session.Servers[target.Server];
            var name = parsed.GetValue(role)!;
            if (parsed.GetValue(key))
            {
                Console.Out.WriteLine(TenantAccess.Key(session, target));
                return ExitCodes.Done;
            }
            var text = parsed.GetValue(tenant) is { } who
                ? TenantAccess.ConnectionString(session, target, await WayIn.FindAsync(session, target, who, token),
                    name == "admin" ? null : name)
                : name == "admin" ? server.AdminConnectionString(target.Name) : server.LoginConnectionString(name, target.Name);
            // Straight to stdout: this output is the one place where a secret belongs.
            Console.Out.WriteLine(Format(new(text), parsed.GetValue(format)!));
            return ExitCodes.Done;
        }, token));
        return command;
    }

    // As a shell reads it.
    static string Quote(string? text) => text is null ? ""
        : text.All(each => char.IsAsciiLetterOrDigit(each) || each is '_' or '-' or '.' or '/' or ':' or ',') ? text
        : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    static string Format(NpgsqlConnectionStringBuilder link, string format) => format switch
    {
        // Npgsql prepares a password less than libpq does, so it gets it prepared.
        "npgsql" => new NpgsqlConnectionStringBuilder
        {
            Host = link.Host, Port = link.Port, Database = link.Database, Username = link.Username,
            Password = link.Password is { } password ? Scram.Prepare(password) : null,
        }.ConnectionString,
        "env" => $"PGHOST={Quote(link.Host)}\nPGPORT={link.Port}\nPGDATABASE={Quote(link.Database)}\nPGUSER={Quote(link.Username)}\n"
            + $"PGPASSWORD={Quote(link.Password)}",
        _ => $"postgresql://{Uri.EscapeDataString(link.Username ?? "")}:{Uri.EscapeDataString(link.Password ?? "")}"
            + $"@{link.Host}:{link.Port}/{Uri.EscapeDataString(link.Database ?? "")}",
    };
}
