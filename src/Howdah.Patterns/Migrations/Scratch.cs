using System.Globalization;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Patterns.Migrations;

/// <summary>
/// A database to try things on, gone when this is. It carries the number of the backend that works for its maker, and a comment as mark:
/// what a killed run left is told by both, and dropped by the next.
/// </summary>
sealed class Scratch : IAsyncDisposable
{
    internal const string Prefix = "howdah_rehearsal_";
    internal const string Mark = "Howdah tries migrations here; it may be dropped whenever nobody is connected";
    static readonly CatalogQuery Leftovers = CatalogQuery.Load(typeof(Scratch), "leftovers.sql");

    readonly NpgsqlConnection maintenance;

    Scratch(NpgsqlConnection maintenance, string name)
    {
        this.maintenance = maintenance;
        Name = name;
    }

    /// <summary>Its name.</summary>
    internal string Name { get; }

    internal static async Task<Scratch> MakeAsync(ServerAccess server, CancellationToken token)
    {
        var maintenance = await server.OpenPlainAsync(null, token);
        try
        {
            foreach (var leftover in await LeftoversAsync(maintenance, token))
                await DropAsync(maintenance, leftover, token);
            var name = Prefix + maintenance.ProcessID.ToString(CultureInfo.InvariantCulture);
            await RunAsync(maintenance, Sql.Of($"create database {new Ident(name)} template template0"), token);
            var scratch = new Scratch(maintenance, name);
            await RunAsync(maintenance, Sql.Of($"comment on database {new Ident(name)} is {new Literal(Mark)}"), token);
            return scratch;
        }
        catch
        {
            // Only to close it; the exception goes on.
            await maintenance.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the disk, the memory or the connections ran out.</summary>
    internal static bool HasNoRoom(PostgresException e) => e.SqlState.StartsWith("53", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await DropAsync(maintenance, Name, CancellationToken.None);
        await maintenance.DisposeAsync();
    }

    static async Task<List<string>> LeftoversAsync(NpgsqlConnection maintenance, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Leftovers.Text, maintenance);
        command.Parameters.Add(new() { Value = Prefix });
        command.Parameters.Add(new() { Value = Mark });
        await using var rows = await command.ExecuteReaderAsync(token);
        var names = new List<string>();
        while (await rows.ReadAsync(token))
            names.Add(rows.GetString(0));
        return names;
    }

    static Task DropAsync(NpgsqlConnection maintenance, string name, CancellationToken token) =>
        RunAsync(maintenance, Sql.Of($"drop database if exists {new Ident(name)} with (force)"), token);

    static async Task RunAsync(NpgsqlConnection connection, Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), connection);
        await command.ExecuteNonQueryAsync(token);
    }
}
