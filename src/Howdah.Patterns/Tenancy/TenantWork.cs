using System.Text.Json.Nodes;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Fanout;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy;

/// <summary>An import or erasure as the registry remembers it, so that whoever comes after a crash goes on.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Kind">What is under way.</param>
/// <param name="Step">How far it is.</param>
/// <param name="Detail">What it needs to go on.</param>
sealed record TenantWork(Guid Id, Guid Tenant, string Kind, string Step, JsonObject Detail)
{
    internal const string Import = "import";
    internal const string Erase = "erase";

    /// <summary>Takes the tenant's lock for the session. Whoever was just killed lets go of it in a moment.</summary>
    internal static async Task<bool> LockAsync(NpgsqlConnection home, Guid tenant, TimeProvider time, CancellationToken token)
    {
        for (var attempt = 1; !await TenantLock.TryAsync(home, tenant, token); attempt++)
        {
            if (attempt == 20)
                return false;
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, token);
        }
        return true;
    }

    /// <summary>What is under way with a tenant; null where nothing is.</summary>
    internal static async Task<TenantWork?> FindAsync(NpgsqlConnection home, Guid tenant, CancellationToken token) =>
        (await home.ManyAsync(Sql.Of($"""
            select id, tenant, kind, step, detail::text from howdah.tenant_work
            where tenant = {new Literal(tenant.ToString())} and finished is null
            """), static row => new TenantWork(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3),
                JsonNode.Parse(row.GetString(4))!.AsObject()), token)).SingleOrDefault();

    /// <summary>Begins; within the caller's transaction.</summary>
    internal static Task BeginAsync(NpgsqlConnection home, Guid tenant, string kind, JsonObject detail, CancellationToken token) =>
        home.RunAsync(Sql.Of($"""
            insert into howdah.tenant_work (tenant, kind, step, detail)
            values ({new Literal(tenant.ToString())}, {new Literal(kind)}, 'begun', {new Literal(detail.ToJsonString())}::jsonb)
            """), token);

    /// <summary>Writes down a step.</summary>
    internal async Task<TenantWork> StepAsync(NpgsqlConnection home, string step, CancellationToken token)
    {
        await home.RunAsync(Sql.Of($"""
            update howdah.tenant_work set step = {new Literal(step)}, detail = {new Literal(Detail.ToJsonString())}::jsonb
            where id = {new Literal(Id.ToString())}
            """), token);
        return this with { Step = step };
    }

    /// <summary>Ends it; within the caller's transaction.</summary>
    internal Task FinishAsync(NpgsqlConnection home, string outcome, CancellationToken token) => home.RunAsync(Sql.Of($"""
        update howdah.tenant_work set step = 'done', finished = pg_catalog.now(), outcome = {new Literal(outcome)}
        where id = {new Literal(Id.ToString())}
        """), token);

    /// <summary>Writes into the book of events.</summary>
    internal static Task NoteAsync(NpgsqlConnection home, Guid tenant, string name, string action, CancellationToken token,
        params (string Key, string Value)[] detail) => home.RunAsync(Tenants.Event(tenant, name, action, detail), token);
}
