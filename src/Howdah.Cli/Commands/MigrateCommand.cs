using System.CommandLine;
using Howdah.Cli.Output;
using Howdah.Patterns.Migrations;
using Howdah.Patterns.Tenancy.Fanout;
using Npgsql;

namespace Howdah.Cli.Commands;

static class MigrateCommand
{
    internal static Command Create()
    {
        var command = Common.Command("migrate", "Makes migrations and tells which ran; apply runs them.", "howdah migrate new add_email");
        command.Add(New());
        command.Add(Status());
        command.Add(TenantsCommand.Create());
        return command;
    }

    static Command New()
    {
        var name = new Argument<string>("name") { Description = "What it does, in words." };
        var path = new Option<string>("--dir") { Description = "The folder that holds estate.yaml.", DefaultValueFactory = _ =>
            SqlCommand.Folder() };
        var database = Common.Database();
        var command = Common.Command("new", "Makes the next, empty migration file.", "howdah migrate new add_email");
        command.Add(name);
        command.Add(path);
        command.Add(database);
        command.SetAction((parsed, token) => Common.GuardAsync(parsed, screen =>
        {
            if (Common.Load(screen, parsed, parsed.GetValue(path)!) is not { } estate)
                return Task.FromResult(ExitCodes.Failed);
            var target = Common.Pick(estate, parsed.GetValue(database));
            var folder = MigrationStatus.FolderOf(estate, target) ?? throw new ArgumentException(
                $"database {target.Name} declares no migrations: add the key `migrations: migrations/`");
            screen.Out(MigrationFiles.New(folder, parsed.GetValue(name)!) + "\n");
            return Task.FromResult(ExitCodes.Done);
        }, token));
        return command;
    }

    static Command Status()
    {
        var path = new Option<string>("--dir") { Description = "The folder that holds estate.yaml.", DefaultValueFactory = _ =>
            SqlCommand.Folder() };
        var json = new Option<bool>("--json") { Description = "One JSON document: migrations, and tenants' places with their versions." };
        var command = Common.Command("status", "Tells of each migration whether it ran, and which tenants' places are behind.",
            "howdah migrate status");
        command.Add(path);
        command.Add(json);
        command.SetAction((parsed, token) =>
            Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, async (screen, session) =>
        {
            var told = new MigrationReport(parsed.GetValue(json));
            foreach (var database in session.Estate.Databases)
            {
                if (MigrationStatus.FolderOf(session.Estate, database) is not { } folder)
                    continue;
                NpgsqlConnection? connection = null;
                try
                {
                    connection = await session.Servers[database.Server].OpenAdminAsync(database.Name, token);
                }
                catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.InvalidCatalogName)
                {
                    // Not made yet: all its migrations are pending.
                }
                told.Add(database.Name, await MigrationStatus.ReadAsync(folder, connection, token),
                    connection is null ? [] : await TenantMigrations.StatusAsync(session, database, token));
                if (connection is not null)
                    await connection.DisposeAsync();
            }
            screen.Out(told.Text());
            return ExitCodes.Done;
        }, token));
        return command;
    }
}
