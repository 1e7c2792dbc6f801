using Howdah.Engine.Catalogs;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Prover.Live.Databases;

/// <summary>Where a login belongs.</summary>
enum Standing
{
    /// <summary>To the database that is checked.</summary>
    Home,
    /// <summary>To another database of the same server.</summary>
    Elsewhere,
    /// <summary>Nothing can be tried with it.</summary>
    Lost,
}

/// <summary>A login that was given, with the way it logs in.</summary>
/// <param name="Role">The role.</param>
/// <param name="Way">Its connection string; never shown.</param>
/// <param name="Standing">Where it belongs.</param>
/// <param name="Near">Whether its own database has the tables of the one that is checked.</param>
/// <param name="Why">Why nothing can be tried; null where something can.</param>
sealed record Guest(string Role, string Way, Standing Standing, bool Near, string? Why)
{
    /// <summary>Logs in to another database, with a short time-out, and says who it is.</summary>
    internal Task<NpgsqlConnection> EnterAsync(string? database, CancellationToken token)
    {
        var way = new NpgsqlConnectionStringBuilder(Way)
        {
            Pooling = false, Enlist = false, Timeout = 5, CommandTimeout = 10, ApplicationName = "howdah check",
        };
        if (database is not null)
            way.Database = database;
        return ServerAccess.OpenAsync(way.ConnectionString, token);
    }

    /// <summary>Asks each login where it gets to by itself.</summary>
    internal static async Task<IReadOnlyList<Guest>> AskAsync(IReadOnlyDictionary<string, string> logins, string database, Premises own,
        CancellationToken until, CancellationToken token)
    {
        var guests = new List<Guest>();
        foreach (var (role, way) in logins.OrderBy(static each => each.Key, StringComparer.Ordinal))
        {
            var guest = new Guest(role, way, Standing.Lost, false, "the time allowed was over before it was tried");
            guests.Add(until.IsCancellationRequested ? guest : await guest.AskAsync(database, own, token));
        }
        return guests;
    }

    async Task<Guest> AskAsync(string database, Premises own, CancellationToken token)
    {
        try
        {
            await using var connection = await EnterAsync(null, token);
            await using var ring = await Ring.EnterAsync(connection, super: false, token);
            var inside = await Inside.ReadAsync(connection, own, token);
            return inside switch
            {
                _ when inside.Started != own.Started => this with { Why = "its connection leads to another server" },
                _ when inside.User != Role => this with { Why = $"its connection logs in as {inside.User}" },
                _ when inside.Database == database => this with { Standing = Standing.Home, Near = true, Why = null },
                _ => this with { Standing = Standing.Elsewhere, Near = inside.Alike(own), Why = null },
            };
        }
        catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // It may not enter here: one of another database.
            return this with { Standing = Standing.Elsewhere, Near = true, Why = null };
        }
        catch (NpgsqlException trouble) when (!token.IsCancellationRequested)
        {
            return this with { Why = $"it could not log in: {Evidence.Of(trouble)}" };
        }
    }
}

/// <summary>What a login finds in a database.</summary>
/// <param name="Started">When the server started: what tells it from others.</param>
/// <param name="Database">The database.</param>
/// <param name="User">As whom it got in.</param>
/// <param name="Shared">How many tables are called as those of the database that is checked.</param>
/// <param name="Readable">Which of them it may read.</param>
/// <param name="Temporary">Whether it may make temporary tables.</param>
/// <param name="MakesSchemas">Whether it may make schemas.</param>
/// <param name="Schema">A schema in which it may make tables; null where there is none.</param>
/// <param name="Heard">Whether event triggers would run.</param>
sealed record Inside(string Started, string Database, string User, long Shared, IReadOnlyList<Engine.Planning.QName> Readable,
    bool Temporary, bool MakesSchemas, string? Schema, bool Heard)
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(Inside), "inside.sql");

    /// <summary>Whether it is a database of the same kind: another tenant's.</summary>
    internal bool Alike(Premises own) => Shared > 0 && Shared * 2 >= own.Tables.Count;

    internal static async Task<Inside> ReadAsync(NpgsqlConnection connection, Premises own, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Query.Text, connection);
        command.Parameters.Add(new() { Value = own.Tables.ToArray() });
        await using var row = await command.ExecuteReaderAsync(token);
        await row.ReadAsync(token);
        return new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3),
            [.. row.GetFieldValue<string[]>(4).Zip(row.GetFieldValue<string[]>(5), static (schema, name)
                => new Engine.Planning.QName(schema, name))],
            row.GetBoolean(6), row.GetBoolean(7), row.IsDBNull(8) ? null : row.GetString(8), row.GetBoolean(9));
    }
}
