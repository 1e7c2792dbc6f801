using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Migrations;

/// <summary>One thing a file can change, as the catalogs show it.</summary>
sealed record Seen(string Kind, long Oid, int Part, string Name, string State);

/// <summary>The catalogs before and after a file, and what follows: what it really locked, rewrote and dropped. The file's text is never
/// read.</summary>
static class Observation
{
    static readonly CatalogQuery Observe = CatalogQuery.Load(typeof(Observation), "observe.sql");
    static readonly CatalogQuery Locks = CatalogQuery.Load(typeof(Observation), "locks.sql");

    internal static async Task<List<Seen>> TakeAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Observe.Text, connection);
        await using var rows = await command.ExecuteReaderAsync(token);
        var seen = new List<Seen>();
        while (await rows.ReadAsync(token))
            seen.Add(new(rows.GetString(0), rows.GetInt64(1), rows.GetInt32(2), rows.GetString(3), rows.GetString(4)));
        return seen;
    }

    internal static async Task<HashSet<(long, string)>> LocksAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Locks.Text, connection);
        await using var rows = await command.ExecuteReaderAsync(token);
        var held = new HashSet<(long, string)>();
        while (await rows.ReadAsync(token))
            held.Add((rows.GetInt64(0), rows.GetString(1)));
        return held;
    }

    internal static Rehearsal Judge(List<Seen> before, List<Seen> after, HashSet<(long Oid, string Mode)> locks, bool floor)
    {
        var tables = before.Where(seen => seen.Kind == "relation").ToDictionary(seen => seen.Oid);
        var later = after.ToDictionary(seen => (seen.Kind, seen.Oid, seen.Part));
        var earlier = before.ToDictionary(seen => (seen.Kind, seen.Oid, seen.Part));
        var hazards = new List<Hazard>();

        foreach (var seen in before)
        {
            var now = later.GetValueOrDefault((seen.Kind, seen.Oid, seen.Part));
            var tableStays = later.ContainsKey(("relation", seen.Oid, 0));
            switch (seen.Kind)
            {
                case "relation" when now is null:
                    hazards.Add(new(HazardKind.DataLoss, $"drops {seen.Name} with its rows"));
                    break;
                case "relation" when now.State != seen.State:
                    hazards.Add(new(HazardKind.TableRewrite, $"writes {seen.Name} anew, under a lock that stops readers and writers"));
                    break;
                case "column" when now is null && tableStays:
                    hazards.Add(new(HazardKind.DataLoss, $"drops the column {seen.Name} with its values"));
                    break;
                case "column" when now is { State: "true" } && seen.State == "false" && !Proven(seen, before, after):
                    hazards.Add(new(HazardKind.LongLock,
                        $"sets {seen.Name} NOT NULL by reading the whole table under a lock that stops readers and writers; "
                        + "add CHECK (… IS NOT NULL) NOT VALID, validate it in a migration of its own, then SET NOT NULL is instant"));
                    break;
            }
        }
        foreach (var seen in after.Where(seen => tables.ContainsKey(seen.Oid) && !earlier.ContainsKey((seen.Kind, seen.Oid, seen.Part))))
        {
            if (seen.Kind == "index" && locks.Contains((seen.Oid, "ShareLock")))
                hazards.Add(new(HazardKind.LongLock, $"builds the index {seen.Name} while writers of {tables[seen.Oid].Name} wait; "
                    + "CREATE INDEX CONCURRENTLY in a file of its own (howdah: no-transaction) does not stop them"));
            else if (seen.Kind == "check" && seen.State.Contains(" true ", StringComparison.Ordinal))
                hazards.Add(new(HazardKind.LongLock,
                    $"adds the constraint {seen.Name} to {tables[seen.Oid].Name} and checks every row under its lock; "
                    + "add it NOT VALID, then VALIDATE CONSTRAINT in a migration of its own"));
        }
        var rows = tables.Keys.Any(table => locks.Contains((table, "RowExclusiveLock")) || locks.Contains((table, "RowShareLock")))
            || tables.Keys.Any(table => locks.Contains((table, "AccessShareLock")) && !locks.Contains((table, "AccessExclusiveLock")));
        if (rows && floor)
            hazards.Add(new(HazardKind.LongLock,
                "works on rows of all tenants: the tenant tables are locked against readers and writers until it is done"));

        return new([.. hazards.Distinct()], null, null,
            [.. after.Where(seen => seen.Kind == "index" && !earlier.ContainsKey((seen.Kind, seen.Oid, seen.Part))).Select(Named)],
            [.. before.Where(seen => seen.Kind == "index" && !later.ContainsKey((seen.Kind, seen.Oid, seen.Part))).Select(Named)], rows);
    }

    // A valid CHECK (column IS NOT NULL) lets SET NOT NULL skip the scan; it may be dropped by the same file.
    static bool Proven(Seen column, List<Seen> before, List<Seen> after)
    {
        var name = new Ident(column.Name[(column.Name.LastIndexOf('.') + 1)..]);
        return before.Concat(after).Any(seen => seen.Kind == "check" && seen.Oid == column.Oid
            && (seen.State == $"c true CHECK (({name.Name} IS NOT NULL))" || seen.State == $"c true CHECK (({name} IS NOT NULL))"));
    }

    static QName Named(Seen seen) => new(seen.Name.Split('.', 2)[0], seen.Name.Split('.', 2)[1]);
}
