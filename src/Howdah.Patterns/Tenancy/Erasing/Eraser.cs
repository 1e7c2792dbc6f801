using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Howdah.Engine;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Archiving;
using Howdah.Patterns.Tenancy.Leaves;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Placing;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Erasing;

/// <summary>One erasure, from whatever step it is at to its certificate; under the tenant's lock. What was there is written down before
/// anything is deleted, so that it is known however often this is cut off.</summary>
sealed class Eraser(Session session, TenancySpec spec, NpgsqlConnection home, Tenant tenant, ErasureOptions options)
{
    const string Recorded = "recorded";
    const string Deleted = "deleted";

    internal async Task<ErasureResult> GoAsync(TenantWork work, CancellationToken token)
    {
        var whole = work.Detail["was"]!.GetValue<string>() != "creating";
        if (work.Step is not (Recorded or Deleted))
        {
            if (whole)
            {
                await ShutAsync(token);
                options.Fault?.Invoke("drained");
            }
            work.Detail["before"] = JsonNode.Parse(JsonSerializer.Serialize(whole ? await HashAsync(token) : [],
                CertificateJson.Default.IReadOnlyListErasedTable));
            work = await work.StepAsync(home, Recorded, token);
            options.Fault?.Invoke("recorded");
        }
        if (work.Step == Recorded)
        {
            await DeleteAsync(token);
            work = await work.StepAsync(home, Deleted, token);
            options.Fault?.Invoke("deleted");
        }
        var after = await new Search(session, spec, home, tenant).RunAsync(token);
        if (after.Where(static found => found.Found != 0).ToList() is [_, ..] left)
            throw new ArgumentException($"`{tenant.Name}` is not erased, this was found: {string.Join(", ", left.Select(static found =>
                string.Create(CultureInfo.InvariantCulture, $"{found.What} {found.Name} ({found.Found})")))}. It stays shut out; "
                + "run the same again, and if that does not help, look who makes it anew");
        options.Fault?.Invoke("searched");
        return Certified.Result("erased", await CertifyAsync(work, after, token));
    }

    // Nobody comes in any more; who was writing is waited for.
    async Task ShutAsync(CancellationToken token)
    {
        if (tenant.Home.Model == TenancyModel.Databases)
            await PlaceFence.CloseAsync(session, spec, home, tenant.Home, token);
        await using var place = await session.Servers[tenant.Home.Server].OpenPlainAsync(tenant.Home.Database, token);
        if (tenant.Home.Place is { } role)
            await EndAsync(place, role, token);
        var drain = new Drain(place, [.. spec.Wanted.Tables.Select(table => Ground.Table(tenant.Home, table))], options.Time);
        if (await drain.WaitAsync(options.Patience, token) is [_, ..] writers)
            throw new ArgumentException($"`{tenant.Name}` is shut out, and still writing since before that: {Drain.Tell(writers)}; "
                + "end that, and run the same again");
    }

    // The tenant's own sessions have nothing left to do. Who may not end them waits for them.
    static async Task EndAsync(NpgsqlConnection place, string role, CancellationToken token)
    {
        try
        {
            await place.RunAsync(Sql.Of($"""
                select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where usename = {new Literal(role)}
                """), token);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // They end when they will; until then they are waited for below.
        }
    }

    async Task<IReadOnlyList<ErasedTable>> HashAsync(CancellationToken token)
    {
        var ground = await TenantGround.OfAsync(session, spec, home, tenant.Id, tenant.Home, token);
        await using var connection = await ground.OpenAsync(replay: false, token);
        var found = new List<ErasedTable>();
        foreach (var table in await ground.ReadAsync(connection, spec.Wanted.Column, token))
        {
            var hash = await ground.HashAsync(connection, table, token);
            options.Progress?.Report(string.Create(CultureInfo.InvariantCulture, $"{table.Home.Plain}: {hash.Count} rows"));
            found.Add(new(table.Home.Plain, hash.Count, hash.Hash));
        }
        return found;
    }

    // The home tables, too, wherever it lives: it may have lived there.
    async Task DeleteAsync(CancellationToken token)
    {
        if (tenant.Home.Place is not null)
        {
            await new PlaceMaker(session, spec, home).DropAsync(tenant.Home, token);
            options.Progress?.Report($"dropped {Side.PlaceOf(tenant.Home)}");
            options.Fault?.Invoke("dropped");
        }
        var rows = new Placement(TenancyModel.Rows, spec.Server, spec.Database, null);
        var ground = await TenantGround.OfAsync(session, spec, home, tenant.Id, rows, token);
        await using var connection = await ground.OpenAsync(replay: true, token);
        var mine = Sql.Of($"{new Ident(spec.Wanted.Column)} = {new Literal(tenant.Id.ToString())}");
        foreach (var table in ground.Order.Reverse())
        {
            await RowRemoval.RunAsync(connection, table, mine, deleted =>
            {
                options.Progress?.Report(string.Create(CultureInfo.InvariantCulture, $"{table.Plain}: {deleted} rows deleted"));
                options.Fault?.Invoke($"deleted from {table.Plain}");
            }, token);
        }
        await TenantLeaves.DropAsync(spec, home, tenant.Id, token);
    }

    async Task<Certificate> CertifyAsync(TenantWork work, IReadOnlyList<Remains> after, CancellationToken token)
    {
        var forget = work.Detail["forget"]!.GetValue<bool>();
        var before = JsonSerializer.Deserialize(work.Detail["before"]!.ToJsonString(),
            CertificateJson.Default.IReadOnlyListErasedTable)!;
        var id = new Literal(tenant.Id.ToString());
        await using var transaction = await home.BeginTransactionAsync(token);
        var certificate = new Certificate(1, session.Estate.Name, spec.Database, tenant.Id, forget ? null : tenant.Name,
            TenantRegistry.NameOf(tenant.Home.Model), tenant.Home.Server, tenant.Home.Place, work.Detail["began"]!.GetValue<string>(),
            (await home.OneAsync<string>(Certified.Now, token))!,
            (await home.OneAsync<string>(Sql.Of($"select session_user::text"), token))!, before, after, Certificate.Beyond, "").Seal();
        await home.RunAsync(Sql.Of($"delete from howdah.tenants where id = {id} and state = 'erasing'"), token);
        if (tenant.Home.Place is { } place)
            await home.RunAsync(Sql.Of($"delete from howdah.tenant_versions where place = {new Literal(place)}"), token);
        var kept = new Literal(forget ? "(forgotten)" : tenant.Name);
        if (forget)
            await home.RunAsync(Sql.Of($"""
                update howdah.tenant_events set name = {kept}, detail = case action when 'rename' then detail - 'from' else detail end
                where tenant = {id}
                """), token);
        await home.RunAsync(Sql.Of($"""
            insert into howdah.tenant_events (tenant, name, action, detail)
            values ({id}, {kept}, 'erase', {new Literal(certificate.Write())}::jsonb)
            """), token);
        await home.RunAsync(Fence.Lay(spec), token);
        await work.FinishAsync(home, "erased", token);
        await transaction.CommitAsync(token);
        options.Fault?.Invoke("certified");
        return certificate;
    }
}
