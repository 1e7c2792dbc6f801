using System.CommandLine;
using System.Globalization;
using Howdah.Patterns.Migrations;
using Npgsql;

namespace Howdah.Cli.Commands;

static class MigrateCommand
{
    internal static Command Create()
    {
        var command = Common.Command("migrate", "Makes migrations and tells which ran; apply runs them.", "howdah migrate new add_email");
        command.Add(New());
        command.Add(Status());
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
        var command = Common.Command("status", "Tells of each migration whether it ran.", "howdah migrate status");
        command.Add(path);
        command.SetAction((parsed, token) =>
            Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, async (screen, session) =>
        {
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
                foreach (var migration in await MigrationStatus.ReadAsync(folder, connection, token))
                    screen.Out($"{database.Name},{migration.Name},{migration.State},"
                        + $"{migration.At?.ToString("u", CultureInfo.InvariantCulture)}\n");
                if (connection is not null)
                    await connection.DisposeAsync();
            }
            return ExitCodes.Done;
        }, token));
        return command;
    }
}
