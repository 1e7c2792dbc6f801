using System.Globalization;
using System.Text.Json.Nodes;
using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Archiving;

/// <summary>Takes a tenant in from an archive, into any model. The tenant is served when every hash was compared, and not before.</summary>
public static class TenantImport
{
    /// <summary>Imports a tenant, or finishes an import that was cut off. Nothing is done where it was imported before.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The home database.</param>
    /// <param name="path">The archive.</param>
    /// <param name="name">Another name for it, which makes it another tenant with an id of its own; null: as it was.</param>
    /// <param name="model">How it is kept apart; what the estate says where null.</param>
    /// <param name="server">The server of its database; the first of <c>tenancy.servers</c> where null.</param>
    /// <param name="options">How.</param>
    /// <param name="token">Cancels; the same call goes on.</param>
    /// <exception cref="ArchiveException">It cannot be imported; the sentence says why.</exception>
    public static async Task<ArchiveResult> RunAsync(Session session, DatabaseSpec database, string path, string? name,
        TenancyModel? model, string? server, ArchiveOptions options, CancellationToken token)
    {
        var spec = TenantExport.Uuids(database);
        using var reader = await ArchiveReader.OpenAsync(path, options, token);
        await reader.VerifyAsync(token);
        await using var home = await session.Servers[spec.Server].OpenPlainAsync(spec.Database, token);
        await Fit.CheckAsync(spec, reader.Manifest, home, token);
        var registry = new TenantRegistry(home, spec.Server);
        var wanted = name ?? reader.Manifest.Name;
        var there = await registry.FindAsync(wanted, token);
        if (there is null && name is null && await registry.FindAsync(reader.Manifest.Tenant, token) is { } renamed)
            throw new ArchiveException($"the tenant of this archive is here as `{renamed.Name}`: --as NAME makes another one of it");
        var id = there?.Id ?? (name is null ? reader.Manifest.Tenant
            : await home.OneAsync<Guid>(Sql.Of($"select pg_catalog.gen_random_uuid()"), token));
        await LockAsync(home, id, wanted, token);
        there = await registry.FindAsync(wanted, token);
        if (there is null)
            await BeginAsync(session, spec, home, reader, id, wanted, model ?? spec.Wanted.Model, server, token);
        else if (await DoneAsync(home, there, reader, token))
            return Result("there", there.Id, wanted, reader);
        options.Fault?.Invoke("begun");
        var work = await OpenWorkAsync(home, id, wanted, reader, token);
        var tenant = (await registry.FindAsync(id, token))!;
        if (model is not null && model != tenant.Home.Model || server is not null && server != tenant.Home.Server)
            throw new ArchiveException($"an import of `{wanted}` into {Side.PlaceOf(tenant.Home)} is under way: "
                + "finish it without --to and --server, or give it up with --abort");
        await new Importer(session, database, spec, home, reader, tenant, options).GoAsync(work, token);
        return Result("imported", id, wanted, reader);
    }

    /// <summary>Gives an import up that was cut off: nothing of it is left.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public static async Task<ArchiveResult> AbortAsync(Session session, DatabaseSpec database, string path, string? name,
        ArchiveOptions options, CancellationToken token)
    {
        var spec = TenantExport.Uuids(database);
        using var reader = await ArchiveReader.OpenAsync(path, options, token);
        await using var home = await session.Servers[spec.Server].OpenPlainAsync(spec.Database, token);
        var wanted = name ?? reader.Manifest.Name;
        var tenant = await new TenantRegistry(home, spec.Server).FindAsync(wanted, token)
            ?? throw new ArchiveException($"no import of `{wanted}` is under way");
        await LockAsync(home, tenant.Id, wanted, token);
        var work = await OpenWorkAsync(home, tenant.Id, wanted, reader, token);
        await new Importer(session, database, spec, home, reader, tenant, options).AbortAsync(work, token);
        return Result("aborted", tenant.Id, wanted, reader);
    }

    static async Task LockAsync(NpgsqlConnection home, Guid id, string name, CancellationToken token)
    {
        if (!await TenantWork.LockAsync(home, id, TimeProvider.System, token))
            throw new ArchiveException($"somebody else is at work on `{name}` right now: wait until that has ended");
    }

    // Shut out from the first moment: the registry says "creating", and the fence is laid in the same transaction.
    static async Task BeginAsync(Session session, TenancySpec spec, NpgsqlConnection home, ArchiveReader reader, Guid id, string name,
        TenancyModel model, string? server, CancellationToken token)
    {
        foreach (var (_, why, hint) in TenancySpec.Unserved(spec.Wanted, model))
            throw new ArchiveException($"{why}: {hint}");
        var where = model == TenancyModel.Databases ? server ?? (spec.Wanted.Servers is [var first, ..] ? first : spec.Server)
            : spec.Server;
        if (!session.Servers.ContainsKey(where) || model != TenancyModel.Databases && server is not null && server != spec.Server)
            throw new ArchiveException($"a tenant in {TenantRegistry.NameOf(model)} cannot be made on the server `{server}`");
        var place = model == TenancyModel.Rows ? null : await new Placing.PlaceMaker(session, spec, home).NewNameAsync(token);
        await using var transaction = await home.BeginTransactionAsync(token);
        await home.RunAsync(Sql.Of($"""
            insert into howdah.tenants (id, name, state, model, server, place) values ({new Literal(id.ToString())}, {new Literal(name)},
              'creating', {new Literal(TenantRegistry.NameOf(model))}, {new Literal(where == spec.Server ? null : where)},
              {new Literal(place)})
            """), token);
        await TenantWork.BeginAsync(home, id, TenantWork.Import, new JsonObject { ["sha256"] = reader.Sha256, ["place"] = place }, token);
        await home.RunAsync(Fence.Lay(spec), token);
        await transaction.CommitAsync(token);
    }

    static async Task<TenantWork> OpenWorkAsync(NpgsqlConnection home, Guid id, string name, ArchiveReader reader, CancellationToken token)
    {
        if (await TenantWork.FindAsync(home, id, token) is not { Kind: TenantWork.Import } work)
            throw new ArchiveException($"there is a tenant `{name}` already, and no import of it is under way: "
                + "take it in under another name with --as");
        return work.Detail["sha256"]?.GetValue<string>() == reader.Sha256 ? work
            : throw new ArchiveException($"an import of `{name}` from another archive is under way: finish it with that one, "
                + "or give it up with that one and --abort");
    }

    static async Task<bool> DoneAsync(NpgsqlConnection home, Tenant tenant, ArchiveReader reader, CancellationToken token) =>
        tenant.State != "creating" && await home.OneAsync<string>(Sql.Of($"""
            select detail->>'sha256' from howdah.tenant_events
            where tenant = {new Literal(tenant.Id.ToString())} and action = 'import' order by at desc limit 1
            """), token) == reader.Sha256;

    static ArchiveResult Result(string outcome, Guid id, string name, ArchiveReader reader) =>
        new(outcome, id, name, reader.Manifest.Tables.Count, reader.Manifest.Rows, reader.Sha256);

    internal static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
