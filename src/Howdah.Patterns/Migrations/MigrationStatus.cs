using Howdah.Engine.Files;
using Npgsql;

namespace Howdah.Patterns.Migrations;

/// <summary>One migration and whether it ran.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State"><c>applied</c>, <c>pending</c>, <c>edited</c> or <c>missing</c>.</param>
/// <param name="At">When it ran; null where it did not.</param>
public sealed record MigrationStatus(string Name, string State, DateTimeOffset? At)
{
    /// <summary>The folder of a database's migrations, absolute; null where none is declared.</summary>
    public static string? FolderOf(Estate estate, DatabaseSpec database) =>
        database.Get(MigrationsSpec.Section) is { } folder ? Path.GetFullPath(Path.Combine(estate.Folder, folder)) : null;

    /// <summary>The state of every migration of a database.</summary>
    /// <param name="folder">The migrations folder.</param>
    /// <param name="connection">An open connection of the role that applies; null where the database is not there yet.</param>
    /// <param name="token">Cancels.</param>
    public static async Task<IReadOnlyList<MigrationStatus>> ReadAsync(string folder, NpgsqlConnection? connection, CancellationToken token)
    {
        var applied = new Dictionary<string, (string Checksum, DateTimeOffset At)>();
        if (connection is not null)
        {
            await using var present = new NpgsqlCommand("select pg_catalog.to_regclass('howdah.migrations') is not null", connection);
            if (await present.ExecuteScalarAsync(token) is true)
            {
                await using var command = new NpgsqlCommand("select name, checksum, at from howdah.migrations order by version",
                    connection);
                await using var rows = await command.ExecuteReaderAsync(token);
                while (await rows.ReadAsync(token))
                    applied[rows.GetString(0)] = (rows.GetString(1), rows.GetFieldValue<DateTimeOffset>(2));
            }
        }
        var files = MigrationFiles.Read(folder, "").Files;
        return
        [
            .. files.Select(file => applied.TryGetValue(file.Name, out var ran)
                ? new MigrationStatus(file.Name, ran.Checksum == file.Checksum ? "applied" : "edited", ran.At)
                : new MigrationStatus(file.Name, "pending", null)),
            .. applied.Where(each => files.All(file => file.Name != each.Key))
                .Select(each => new MigrationStatus(each.Key, "missing", each.Value.At)),
        ];
    }
}
