using Howdah.Engine;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Fanout;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>A move that has not ended.</summary>
/// <param name="Tenant">The tenant's name.</param>
/// <param name="Step">How far it is.</param>
/// <param name="Alive">Whether somebody is at work on it.</param>
/// <param name="KeptLog">How many bytes of its log the source keeps for it; null where there is no slot.</param>
public sealed record OpenMove(string Tenant, string Step, bool Alive, long? KeptLog)
{
    /// <summary>What a person should know and do about it.</summary>
    public string Sentence
    {
        get
        {
            var kept = KeptLog is { } bytes ? $"; its source keeps {bytes / 1_048_576.0:0.0} MB of log for it" : "";
            if (Alive)
                return $"a move of {Tenant} is under way ({Step}{kept})";
            var waits = Step == "fenced" ? ", and the tenant is refused everywhere" : "";
            var back = Step == "switched" ? "" : ", --abort takes it back";
            return $"a move of {Tenant} is cut off ({Step}{kept}){waits}: howdah tenant move {Tenant} --resume finishes it{back}";
        }
    }

    internal static async Task<IReadOnlyList<OpenMove>> ReadAsync(Session session, TenancySpec spec, CancellationToken token)
    {
        await using var home = await session.Servers[spec.Server].OpenPlainAsync(spec.Database, token);
        var open = await home.ManyAsync(Sql.Of($"""
            select t.name, w.step, w.id, w.detail->'from'->>'server', exists (
              select from pg_catalog.pg_locks l where l.locktype = 'advisory' and l.classid = {TenantLock.ClassId}::oid and l.objsubid = 2
                and l.objid = (pg_catalog.hashtext(w.tenant::text)::bigint & 4294967295)::oid and l.granted)
            from howdah.tenant_work w join howdah.tenants t on t.id = w.tenant
            where w.finished is null and w.kind = {new Literal(MoveWork.Kind)} order by 1
            """), static row => (Name: row.GetString(0), Step: row.GetString(1), Id: row.GetGuid(2), Server: row.GetString(3),
                Alive: row.GetBoolean(4)), token);
        var found = new List<OpenMove>();
        foreach (var move in open)
        {
            await using var source = await session.Servers[move.Server].OpenPlainAsync(null, token);
            found.Add(new(move.Name, move.Step, move.Alive, await KeptAsync(source, move.Id, token)));
        }
        return found;
    }

    static Task<long?> KeptAsync(NpgsqlConnection source, Guid work, CancellationToken token) => source.OneAsync<long?>(Sql.Of($"""
        select pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn)::bigint from pg_catalog.pg_replication_slots
        where slot_name = {new Literal(SourceSlot.NameOf(work))}
        """), token);
}
