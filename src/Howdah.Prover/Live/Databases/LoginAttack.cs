using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Npgsql;

namespace Howdah.Prover.Live.Databases;

/// <summary>
/// Really logs in: as logins of this database to the others of its server and to templates, as logins of others to this one. What gets in
/// looks once and tries what it could leave there, in a transaction that is rolled back.
/// </summary>
static class LoginAttack
{
    const string Name = "howdah_try";

    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(LoginAttack), "neighbors.sql");

    /// <returns>What limits the result, in sentences.</returns>
    internal static async Task<IReadOnlyList<string>> MakeAsync(NpgsqlConnection connection, Premises own, IReadOnlyList<Guest> guests,
        DatabaseTally tally, CancellationToken until, CancellationToken token)
    {
        var notes = new List<string>();
        foreach (var lost in guests.Where(static guest => guest.Standing == Standing.Lost))
        {
            tally.Unclear(DatabaseTally.Open, lost.Role, lost.Why!);
            tally.Unclear(DatabaseTally.Shared, lost.Role, lost.Why!);
        }
        var doors = (await ReadAsync(connection, guests, token)).ToLookup(static door => door.Login);
        foreach (var guest in guests.Where(static guest => guest.Standing != Standing.Lost))
        {
            if (!doors.Contains(guest.Role))
                notes.Add($"{guest.Role} is a superuser, whom nothing keeps out of any database: it was not tried on others");
            var left = doors[guest.Role].Where(static door => !door.Here && door.May).Select(static door => door.Many - 40)
                .FirstOrDefault();
            if (left > 0 && guest.Standing == Standing.Home)
                notes.Add($"{guest.Role} may connect to {left} more databases, which were not tried");
            foreach (var door in doors[guest.Role].Where(door => door.Here == (guest.Standing == Standing.Elsewhere)))
            {
                if (until.IsCancellationRequested)
                    Both(door, tally, (attack, target) => tally.Unclear(attack, target, "the time allowed was over before it was tried"));
                else
                    await KnockAsync(guest, door, own, tally, token);
            }
        }
        return notes;
    }

    static async Task KnockAsync(Guest guest, Door door, Premises own, DatabaseTally tally, CancellationToken token)
    {
        try
        {
            await using var connection = await guest.EnterAsync(door.Database, token);
            await using var ring = await Ring.EnterAsync(connection, super: false, token);
            var inside = await Inside.ReadAsync(connection, own, token);
            if (inside.Started != own.Started || inside.Database != door.Database)
                Both(door, tally, (attack, target) => tally.Unclear(attack, target, "its connection leads somewhere else"));
            else if (door.Template)
                await SpoilAsync(ring, guest, door, inside, tally, token);
            else
                await LookAsync(ring, guest, door, inside, own, tally, token);
        }
        catch (PostgresException refusal) when (refusal.SqlState is PostgresErrorCodes.InsufficientPrivilege
            or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidPassword
            or PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            Both(door, tally, tally.Tried);
        }
        catch (PostgresException gone) when (gone.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            // Dropped meanwhile.
        }
        catch (NpgsqlException trouble) when (!token.IsCancellationRequested)
        {
            Both(door, tally, (attack, target) => tally.Unclear(attack, target, Evidence.Of(trouble)));
        }
    }

    static async Task LookAsync(Ring ring, Guest guest, Door door, Inside inside, Premises own, DatabaseTally tally,
        CancellationToken token)
    {
        var (read, look) = await ReadRowAsync(ring, inside, token);
        var seen = $"as {guest.Role}: logged in to {door.Database}"
            + (door.Here ? "" : $", which has {inside.Shared} of the {own.Tables.Count} tables of this one")
            + (read is null ? "" : $"; read a row of {read.Value.Plain}") + await MadeAsync(ring, inside, token);
        // Who owns it, or belongs to who does, gets in without a grant.
        var attack = door.Everybody ? DatabaseTally.Open : DatabaseTally.Shared;
        var name = new Ident(door.Database);
        var fix = door.Everybody ? $"REVOKE ALL ON DATABASE {name} FROM PUBLIC;"
            : door.Whom is { } whom ? $"REVOKE CONNECT ON DATABASE {name} FROM {whom};"
            : $"-- {guest.Role} owns {door.Database}, or can become who does: give it to a role of that tenant alone.";
        var alone = door.Here ? guest.Near : inside.Alike(own);
        tally.Broke(new(read is null ? attack : attack with { Gravity = Gravity.Critical }, door.Everybody ? door.Database : guest.Role,
            alone, seen, DatabaseTally.Statement(door.Database, guest.Role, look), fix));
        if (!alone)
            Both(door, tally, tally.Tried);
    }

    // What is put into a template is in every database made from it.
    static async Task SpoilAsync(Ring ring, Guest guest, Door door, Inside inside, DatabaseTally tally, CancellationToken token)
    {
        var made = await MadeAsync(ring, inside with { Temporary = false }, token);
        tally.Tried(DatabaseTally.Template, door.Database);
        if (made.Length > 0)
            tally.Broke(new(DatabaseTally.Template, door.Database, true, $"as {guest.Role}: logged in to {door.Database}{made}",
                DatabaseTally.Statement(door.Database, guest.Role, Make(inside)), door.Everybody
                    ? $"REVOKE ALL ON DATABASE {new Ident(door.Database)} FROM PUBLIC;"
                    : $"REVOKE CONNECT ON DATABASE {new Ident(door.Database)} FROM {door.Whom ?? new Ident(guest.Role).ToString()};"));
    }

    /// <summary>Whether there is a row that may be read; never what is in it.</summary>
    static async Task<(QName? Table, Sql? Look)> ReadRowAsync(Ring ring, Inside inside, CancellationToken token)
    {
        foreach (var table in inside.Readable)
        {
            var look = Sql.Of($"SELECT '1' FROM {table} LIMIT 1");
            if ((await ring.TryAsync(() => ring.RowsAsync(look, token), token)).Result is { Count: > 0 })
                return (table, look);
        }
        return (null, null);
    }

    static async Task<string> MadeAsync(Ring ring, Inside inside, CancellationToken token)
    {
        // Event triggers are somebody else's code.
        if (inside.Heard)
            return "";
        var told = "";
        if (inside.Temporary && await DidAsync(Sql.Of($"CREATE TEMPORARY TABLE {new Ident(Name)} ()")))
            told += "; made a temporary table";
        if (Make(inside) is { } make && await DidAsync(make))
            told += inside.Schema is { } schema ? $"; made a table in schema {schema}" : "; made a schema";
        return told;

        async Task<bool> DidAsync(Sql sql) => (await ring.TryAsync(async () =>
        {
            await ring.RunAsync(sql, token);
            return true;
        }, token)).Result;
    }

    static Sql? Make(Inside inside) => inside.Schema is { } schema ? Sql.Of($"CREATE TABLE {new QName(schema, Name)} ()")
        : inside.MakesSchemas ? Sql.Of($"CREATE SCHEMA {new Ident(Name)}") : null;

    static void Both(Door door, DatabaseTally tally, Action<Attack, string> tell)
    {
        var target = $"{door.Database} as {door.Login}";
        if (door.Template)
        {
            tell(DatabaseTally.Template, target);
            return;
        }
        tell(DatabaseTally.Open, target);
        tell(DatabaseTally.Shared, target);
    }

    static async Task<List<Door>> ReadAsync(NpgsqlConnection connection, IReadOnlyList<Guest> guests, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Query.Text, connection);
        command.Parameters.Add(new() { Value = guests.Select(static guest => guest.Role).ToArray() });
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new List<Door>();
        while (await rows.ReadAsync(token))
            all.Add(new(rows.GetString(0), rows.GetString(1), rows.GetBoolean(2), rows.GetBoolean(3), rows.GetBoolean(4),
                rows.GetBoolean(5), rows.IsDBNull(6) ? null : rows.GetString(6), rows.GetInt64(7)));
        return all;
    }

    /// <summary>A database that a login is tried on.</summary>
    /// <param name="Here">Whether it is the one that is checked.</param>
    /// <param name="May">Whether its rights open it.</param>
    /// <param name="Everybody">Whether everybody may connect.</param>
    /// <param name="Whom">Who was granted what lets it in.</param>
    /// <param name="Many">How many there are of the kind.</param>
    sealed record Door(string Login, string Database, bool Here, bool Template, bool May, bool Everybody, string? Whom, long Many);
}
