using System.Text.Json.Nodes;
using Howdah.Engine;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Archiving;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Placing;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Erasing;

/// <summary>Erases tenants, and certifies that nothing of them was found afterwards.</summary>
public static class TenantErase
{
    static readonly CatalogQuery Outside = CatalogQuery.Load(typeof(TenantErase), "outside.sql");

    /// <summary>What an erasure would take.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The home database.</param>
    /// <param name="name">The tenant.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="ArgumentException">There is no such tenant.</exception>
    public static async Task<IReadOnlyList<TenantRows>> LookAsync(Session session, DatabaseSpec database, string name,
        CancellationToken token)
    {
        var spec = TenantExport.Uuids(database);
        await using var home = await session.Servers[spec.Server].OpenPlainAsync(spec.Database, token);
        var tenant = await new TenantRegistry(home, spec.Server).FindAsync(name, token)
            ?? throw new ArgumentException($"there is no tenant `{name}`: howdah tenant list names them");
        var ground = await TenantGround.OfAsync(session, spec, home, tenant.Id, tenant.Home, token);
        await using var connection = await ground.OpenAsync(replay: false, token);
        var rows = new List<TenantRows>();
        foreach (var table in spec.Wanted.Tables)
            rows.Add(new(table.Plain, await connection.OneAsync<long>(Sql.Of($"""
                select pg_catalog.count(*) from {ground.Table(table)}
                where {new Ident(spec.Wanted.Column)} = {new Literal(tenant.Id.ToString())}
                """), token)));
        return rows;
    }

    /// <summary>Erases a tenant in whatever state, or finishes an erasure that was cut off; says so where it was erased before.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The home database.</param>
    /// <param name="name">The tenant's name; its id where its name is forgotten.</param>
    /// <param name="options">How.</param>
    /// <param name="token">Cancels; the tenant stays shut out, and the same call goes on.</param>
    /// <exception cref="ArgumentException">It cannot be erased; the message says why.</exception>
    public static async Task<ErasureResult> RunAsync(Session session, DatabaseSpec database, string name, ErasureOptions options,
        CancellationToken token)
    {
        var spec = TenantExport.Uuids(database);
        await using var home = await session.Servers[spec.Server].OpenPlainAsync(spec.Database, token);
        var registry = new TenantRegistry(home, spec.Server);
        var found = await registry.FindAsync(name, token);
        if (found is null)
            return await DoneAsync(home, name, token) ?? throw new ArgumentException(
                $"there is no tenant `{name}`, and none of that name was erased: howdah tenant list names those there are");
        if (!await TenantWork.LockAsync(home, found.Id, options.Time, token))
            throw new ArgumentException($"somebody else is at work on `{name}` right now: wait until that has ended");
        if (await registry.FindAsync(found.Id, token) is not { } tenant)
            return (await DoneAsync(home, name, token))!;
        var work = await TenantWork.FindAsync(home, tenant.Id, token);
        if (work is { Kind: not (TenantWork.Erase or "create") })
            throw new ArgumentException($"`{name}` cannot be erased while its {work.Kind} is under way: give that up first "
                + $"(howdah tenant {work.Kind} … --abort)");
        if (work is not { Kind: TenantWork.Erase })
        {
            await RefuseAsync(spec, home, token);
            await BeginAsync(session, spec, home, tenant, options, token);
            options.Fault?.Invoke("begun");
        }
        work = (await TenantWork.FindAsync(home, tenant.Id, token))!;
        return await new Eraser(session, spec, home, tenant, options).GoAsync(work, token);
    }

    /// <summary>What is wrong with a certificate; null where it is as it was written.</summary>
    /// <param name="certificate">Its text.</param>
    public static string? Verify(string certificate) => Certificate.Problem(certificate);

    // Rows are deleted without triggers; what is not a tenant's table and refers to them would be left pointing at nothing.
    static async Task RefuseAsync(TenancySpec spec, NpgsqlConnection home, CancellationToken token)
    {
        await using var command = Tables.Asking(home, Outside, spec.Wanted.Tables);
        await using var rows = await command.ExecuteReaderAsync(token);
        if (await rows.ReadAsync(token))
            throw new ArgumentException($"{rows.GetString(0)} refers to {rows.GetString(2)} ({rows.GetString(1)}) and is not a tenant's "
                + "table, so its rows would be left without what they refer to: list it under tenancy.tables, or drop the key");
    }

    // Shut out first: the registry, the fence and what is under way in one transaction.
    static async Task BeginAsync(Session session, TenancySpec spec, NpgsqlConnection home, Tenant tenant, ErasureOptions options,
        CancellationToken token)
    {
        var id = new Literal(tenant.Id.ToString());
        await using var transaction = await home.BeginTransactionAsync(token);
        await home.RunAsync(Sql.Of($"""
            update howdah.tenant_work set finished = pg_catalog.now(), outcome = 'erased' where tenant = {id} and finished is null
            """), token);
        if (await home.RunAsync(Sql.Of($"""
            update howdah.tenants set state = 'erasing', epoch = epoch + 1 where id = {id} and state = {new Literal(tenant.State)}
            """), token) != 1)
            throw new ArgumentException($"`{tenant.Name}` was changed by somebody else meanwhile: look, and try again");
        var began = await home.OneAsync<string>(Certified.Now, token);
        await TenantWork.BeginAsync(home, tenant.Id, TenantWork.Erase, new JsonObject
        {
            ["was"] = tenant.State, ["forget"] = options.ForgetName, ["began"] = began,
        }, token);
        await TenantWork.NoteAsync(home, tenant.Id, tenant.Name, "erase begun", token);
        if (tenant.Home.Model == TenancyModel.Schemas)
            await PlaceFence.CloseAsync(session, spec, home, tenant.Home, token);
        await home.RunAsync(Fence.Lay(spec), token);
        await transaction.CommitAsync(token);
    }

    static async Task<ErasureResult?> DoneAsync(NpgsqlConnection home, string name, CancellationToken token) =>
        (await home.ManyAsync(Sql.Of($"""
            select detail::text from howdah.tenant_events
            where action = 'erase' and (name = {new Literal(name)} or tenant::text = {new Literal(name)}) order by at desc limit 1
            """), static row => Certificate.Read(row.GetString(0)), token)) is [var certificate]
            ? Certified.Result("done", certificate) : null;
}
