using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Blueprint;
using Howdah.Patterns.Tenancy.Erasing;
using Howdah.Patterns.Tenancy.Fanout;
using Howdah.Patterns.Tenancy.Leaves;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Placing;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Archiving;

/// <summary>One import, from whatever step it is at to its end or back to its beginning; under the tenant's lock.</summary>
sealed class Importer(Session session, DatabaseSpec database, TenancySpec spec, NpgsqlConnection home, ArchiveReader reader, Tenant tenant,
    ArchiveOptions options)
{
    const string Placed = "placed";

    internal async Task GoAsync(TenantWork work, CancellationToken token)
    {
        if (work.Step != Placed || !await IsUpToDateAsync(token))
            work = await PlaceAsync(work, token);
        options.Fault?.Invoke("placed");
        var ground = await TenantGround.OfAsync(session, spec, home, tenant.Id, tenant.Home, token);
        IReadOnlyList<MovedTable> tables;
        await using (var connection = await ground.OpenAsync(replay: true, token))
        {
            tables = await Fit.TargetsAsync(spec, reader.Manifest, ground, connection, token);
            var load = new TableLoad(reader, ground);
            foreach (var archived in reader.Manifest.Tables)
            {
                var table = tables.First(each => each.Home.Plain == archived.Plain);
                var loaded = await load.RunAsync(archived, table, token);
                options.Progress?.Report(new(archived.Plain, loaded ? "imported" : "there already", archived.Rows));
                options.Fault?.Invoke($"loaded {archived.Plain}");
            }
            await ForeignKeys.CheckAsync(connection, ground, tables, token);
            await SequenceCarry.SetAsync(connection, tables, reader.Manifest.Sequences, token);
        }
        options.Fault?.Invoke("checked");
        await ActivateAsync(work, token);
        options.Fault?.Invoke("active");
        await ProveAsync(tables, token);
    }

    internal async Task AbortAsync(TenantWork work, CancellationToken token)
    {
        if (tenant.Home.Model == TenancyModel.Rows)
        {
            var ground = await TenantGround.OfAsync(session, spec, home, tenant.Id, tenant.Home, token);
            await using var connection = await ground.OpenAsync(replay: true, token);
            var mine = Sql.Of($"{new Ident(spec.Wanted.Column)} = {new Literal(tenant.Id.ToString())}");
            foreach (var table in ground.Order.Reverse())
                await RowRemoval.RunAsync(connection, table, mine, null, token);
            await TenantLeaves.DropAsync(spec, home, tenant.Id, token);
        }
        else
        {
            await new PlaceMaker(session, spec, home).DropAsync(tenant.Home, token);
        }
        options.Fault?.Invoke("cleared");
        await using var transaction = await home.BeginTransactionAsync(token);
        await home.RunAsync(Sql.Of($"""
            delete from howdah.tenants where id = {new Literal(tenant.Id.ToString())} and state = 'creating'
            """), token);
        if (tenant.Home.Place is { } place)
            await home.RunAsync(Sql.Of($"delete from howdah.tenant_versions where place = {new Literal(place)}"), token);
        await home.RunAsync(Fence.Lay(spec), token);
        await TenantWork.NoteAsync(home, tenant.Id, tenant.Name, "import aborted", token, ("sha256", reader.Sha256));
        await work.FinishAsync(home, "aborted", token);
        await transaction.CommitAsync(token);
    }

    // What an earlier try left of the place goes first; nobody has been let in.
    async Task<TenantWork> PlaceAsync(TenantWork work, CancellationToken token)
    {
        if (tenant.Home.Model == TenancyModel.Rows)
        {
            await TenantLeaves.MakeAsync(spec, home, tenant.Id, token);
            return await work.StepAsync(home, Placed, token);
        }
        var structure = await Structure.ReadAsync(spec, tenant.Home.Model, home, token);
        var versions = await PlaceVersions.AtHomeAsync(home, token);
        var maker = new PlaceMaker(session, spec, home);
        var inOne = tenant.Home.Model == TenancyModel.Schemas ? await home.BeginTransactionAsync(token) : null;
        await using (inOne)
        {
            await maker.DropAsync(tenant.Home, token);
            options.Fault?.Invoke("dropped");
            await maker.MakeAsync(tenant.Id, tenant.Home, structure, open: false, token);
            options.Fault?.Invoke("made");
            if (versions is [.., var last])
            {
                if (tenant.Home.Model == TenancyModel.Databases)
                {
                    await using var inside = await session.Servers[tenant.Home.Server].OpenPlainAsync(tenant.Home.Database, token);
                    await Run.AllAsync(inside, [PlaceVersions.Table, PlaceVersions.Record(tenant.Home.Place!, last)], token);
                }
                await home.RunAsync(PlaceVersions.Record(tenant.Home.Place!, last), token);
            }
            work = await work.StepAsync(home, Placed, token);
            if (inOne is not null)
                await inOne.CommitAsync(token);
        }
        return work;
    }

    // A migration that ran at home since the place was made did not run in it: it is made anew.
    async Task<bool> IsUpToDateAsync(CancellationToken token) => tenant.Home.Model == TenancyModel.Rows
        || await home.OneAsync<string>(Sql.Of($"""
            select coalesce(pg_catalog.max(version), '') from howdah.tenant_versions where place = {new Literal(tenant.Home.Place)}
            """), token) == ((await PlaceVersions.AtHomeAsync(home, token)) is [.., var last] ? last.Name : "");

    async Task ActivateAsync(TenantWork work, CancellationToken token)
    {
        await using var transaction = await home.BeginTransactionAsync(token);
        if (!await IsUpToDateAsync(token))
            throw new ArchiveException($"a migration ran at home while `{tenant.Name}` was imported: run the import again");
        if (await home.RunAsync(Sql.Of($"""
            update howdah.tenants set state = 'active', epoch = epoch + 1
            where id = {new Literal(tenant.Id.ToString())} and state = 'creating'
            """), token) != 1)
            throw new ArchiveException($"`{tenant.Name}` was changed by somebody else while it was imported: see howdah tenant show");
        await PlaceFence.OpenAsync(session, spec, home, tenant.Home, token);
        await home.RunAsync(Fence.Lay(spec), token);
        await TenantWork.NoteAsync(home, tenant.Id, tenant.Name, "import", token, ("sha256", reader.Sha256),
            ("from", reader.Manifest.Tenant.ToString()), ("model", TenantRegistry.NameOf(tenant.Home.Model)),
            ("rows", TenantImport.Number(reader.Manifest.Rows)));
        await work.FinishAsync(home, "imported", token);
        await transaction.CommitAsync(token);
    }

    // As its clients: its rows are there, and nobody else's. It may be written to already, so what was loaded was compared before.
    async Task ProveAsync(IReadOnlyList<MovedTable> tables, CancellationToken token)
    {
        var served = (await new TenantRegistry(home, spec.Server).FindAsync(tenant.Id, token))!;
        await using var front = await FrontDoor.OpenAsync(session, database, served, null, token);
        if (front is null)
            return;
        foreach (var (archived, table) in reader.Manifest.Tables.Select(each => (each, tables.First(t => t.Home.Plain == each.Plain))))
            if (await front.CountAsync(table, token) is 0 && archived.Rows > 0
                || await front.ForeignAsync(table.Home, tenant.Id, token) > 0)
                throw new ArchiveException($"`{tenant.Name}` is imported, and as the application sees it, {archived.Plain} is empty or has "
                    + $"others' rows: howdah tenant suspend {tenant.Name}, then howdah prove");
    }
}
