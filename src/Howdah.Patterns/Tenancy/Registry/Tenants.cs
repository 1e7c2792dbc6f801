using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Patterns.Tenancy.Blueprint;
using Howdah.Patterns.Tenancy.Fanout;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Placing;
using Howdah.Patterns.Tenancy.Sparing;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Registry;

/// <summary>The life of tenants: what <c>howdah tenant</c> does, as an API. Everything may be cut off and called again.</summary>
public sealed class Tenants : IAsyncDisposable
{
    /// <summary>The advisory lock under which one tenant is worked on: "HOWN".</summary>
    const int Lock = 0x484F574E;

    /// <summary>How many databases are visited at once.</summary>
    const int Visits = 4;

    readonly Session session;
    readonly TenancySpec spec;
    readonly NpgsqlConnection home;
    readonly PlaceMaker places;
    readonly Action<string>? fault;

    Tenants(Session session, TenancySpec spec, NpgsqlConnection home, Action<string>? fault)
    {
        this.fault = fault;
        this.session = session;
        this.spec = spec;
        this.home = home;
        places = new(session, spec, home) { Fault = fault };
        Registry = new(home, spec.Server);
    }

    /// <summary>The registry.</summary>
    public TenantRegistry Registry { get; }

    /// <summary>The model of a new tenant for which nothing else is said.</summary>
    public TenancyModel DefaultModel => spec.Wanted.Model;

    /// <summary>Opens the tenants of a database.</summary>
    /// <param name="session">The estate, applied.</param>
    /// <param name="database">The home database.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="ArgumentException">The database declares no tenancy.</exception>
    public static Task<Tenants> OpenAsync(Session session, DatabaseSpec database, CancellationToken token) =>
        OpenAsync(session, database, null, token);

    internal static async Task<Tenants> OpenAsync(Session session, DatabaseSpec database, Action<string>? fault, CancellationToken token)
    {
        var spec = TenancySpec.Of(database) ?? throw new ArgumentException($"database {database.Name} declares no tenancy");
        return new(session, spec, await session.Servers[spec.Server].OpenPlainAsync(spec.Database, token), fault);
    }

    /// <summary>All tenants by name.</summary>
    public Task<IReadOnlyList<Tenant>> ListAsync(CancellationToken token) => Registry.ListAsync(token);

    /// <summary>The moves that have not ended: under way, or cut off and perhaps forgotten.</summary>
    public Task<IReadOnlyList<OpenMove>> UnderWayAsync(CancellationToken token) => OpenMove.ReadAsync(session, spec, token);

    /// <summary>The tenant of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public async Task<Tenant> GetAsync(string name, CancellationToken token) => await Registry.FindAsync(name, token)
        ?? throw new ArgumentException($"there is no tenant `{name}`: howdah tenant list names them");

    /// <summary>Attacks a tenant's place: its catalogs, its role's login, the doors of its database. Nothing where it lives in rows, which
    /// the estate's proof attacks.</summary>
    public Task<IReadOnlyList<Finding>> ProveAsync(Tenant tenant, CancellationToken token) => tenant.Home.Place is null
        ? Task.FromResult<IReadOnlyList<Finding>>([])
        : session.ProveAsync<IReadOnlyList<Finding>>(session.Estate.Databases.Single(each => each.Name == spec.Database), async arena =>
        {
            var findings = new List<Finding>();
            await foreach (var finding in PlaceProver.ProveAsync(spec, arena, tenant.Id, token))
                findings.Add(finding);
            return findings;
        }, token);

    /// <summary>The tenants whose databases have another structure than home, though home's migrations ran there; a few are asked at a
    /// time. Schemas are compared by the plan itself.</summary>
    public Task<IReadOnlyList<PlaceDifference>> DatabaseDriftAsync(CancellationToken token) =>
        DatabaseStructures.DifferentAsync(session, spec, home, token);

    /// <summary>Brings tenants' databases up to home: copies of shared tables that have other rows, and roles that may do more or less
    /// than applications may at home. One visit to each, a few at once; run again, it goes on where it was cut off.</summary>
    public Task<PlaceRefresh> RefreshAsync(CancellationToken token) => PlaceVisits.RunAsync(session, spec, home, Visits, token);

    /// <summary>What was done to a tenant, oldest first.</summary>
    public async Task<IReadOnlyList<TenantEvent>> EventsAsync(Tenant tenant, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("select at, by, action, detail::text from howdah.tenant_events where tenant = $1 "
            + "order by at",
            home) { Parameters = { new() { Value = tenant.Id } } };
        await using var rows = await command.ExecuteReaderAsync(token);
        var events = new List<TenantEvent>();
        while (await rows.ReadAsync(token))
            events.Add(new(rows.GetFieldValue<DateTimeOffset>(0), rows.GetString(1), rows.GetString(2), rows.GetString(3)));
        return events;
    }

    /// <summary>Makes a tenant with its place; the one there is, where the name is taken, and of one half made the rest.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="model">How it is kept apart; the tenancy's model where null.</param>
    /// <param name="server">The server of its database; null for the first of <c>tenancy.servers</c>.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="ArgumentException">It is there in another model, or cannot be made in this one; the message says why.</exception>
    public async Task<Tenant> CreateAsync(string name, TenancyModel? model, string? server, CancellationToken token)
    {
        var wanted = model ?? spec.Wanted.Model;
        var where = wanted == TenancyModel.Databases ? server ?? (spec.Wanted.Servers is [var first, ..] ? first : spec.Server)
            : spec.Server;
        if (!session.Servers.ContainsKey(where) || wanted != TenancyModel.Databases && server is not null && server != spec.Server)
            throw new ArgumentException($"a tenant in {TenantRegistry.NameOf(wanted)} cannot be made on the server `{server}`");
        var there = await Registry.FindAsync(name, token);
        if (there?.State == "creating" && await TenantWork.FindAsync(home, there.Id, token) is { Kind: TenantWork.Import })
            throw new ArgumentException($"an import of `{name}` is under way: howdah tenant import finishes it, or gives it up with "
                + "--abort");
        if (there is { State: not "creating" })
            return model is null || there.Home.Model == wanted ? there
                : throw new ArgumentException($"the tenant `{name}` is there already, in "
                + $"{TenantRegistry.NameOf(there.Home.Model)}: howdah tenant move takes it elsewhere");
        fault?.Invoke("asked");
        if (wanted == TenancyModel.Rows)
        {
            var made = await Registry.CreateAsync(name, token);
            fault?.Invoke("made");
            return made;
        }
        var structure = await Structure.ReadAsync(spec, wanted, home, token);
        if (wanted == TenancyModel.Schemas)
            await SchemaAsync(name, structure, token);
        else
            await DatabaseAsync(name, where, structure, token);
        return await GetAsync(name, token);
    }

    /// <summary>Stops serving a tenant, wherever it lives; nothing of it is lost.</summary>
    public Task<Tenant> SuspendAsync(string name, CancellationToken token) => TurnAsync(name, "active", "suspended", "suspend", token);

    /// <summary>Serves a suspended tenant again.</summary>
    public Task<Tenant> ResumeAsync(string name, CancellationToken token) => TurnAsync(name, "suspended", "active", "resume", token);

    /// <summary>Gives a tenant another name; its id, its place and its rows stay as they are.</summary>
    /// <exception cref="ArgumentException">There is no such tenant, or the new name is taken.</exception>
    public async Task<Tenant> RenameAsync(string name, string to, CancellationToken token)
    {
        if (await Registry.FindAsync(name, token) is null && await Registry.FindAsync(to, token) is { } done
            && await Run.ScalarAsync(home, "select detail->>'from' from howdah.tenant_events where tenant = $1 and action = 'rename' "
                + "order by at desc limit 1", token, done.Id) as string == name)
            return done; // an earlier call got that far
        var tenant = await GetAsync(name, token);
        if (name != to && await Registry.FindAsync(to, token) is not null)
            throw new ArgumentException($"the name `{to}` is taken by another tenant");
        await Run.AllAsync(home,
        [
            Sql.Of($"update howdah.tenants set name = {new Literal(to)} where id = {new Literal(tenant.Id.ToString())}"),
            Event(tenant.Id, to, "rename", ("from", name)),
        ], token);
        return await GetAsync(to, token);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => home.DisposeAsync();

    // All of it is one transaction: there is never half a schema.
    async Task SchemaAsync(string name, Structure structure, CancellationToken token)
    {
        await using var transaction = await home.BeginTransactionAsync(token);
        if (await InsertAsync(name, TenancyModel.Schemas, null, "active", token) is not { } made)
            return; // somebody else was faster
        fault?.Invoke("registered");
        await places.MakeAsync(made.Id, new(TenancyModel.Schemas, spec.Server, spec.Database, made.Place), structure, open: true, token);
        fault?.Invoke("place made");
        // The fence last: whoever lays it holds up all others who do, until the transaction ends.
        await Run.AllAsync(home, [Event(made.Id, name, "create", ("model", "schemas"), ("place", made.Place)), Fence.Lay(spec)], token);
        await transaction.CommitAsync(token);
        fault?.Invoke("made");
    }

    // A database is made outside any transaction: what is under way is written down first, and whoever comes after a crash drops the half
    // that was made and begins again under a new name.
    async Task DatabaseAsync(string name, string server, Structure structure, CancellationToken token)
    {
        // Whoever was just killed lets go of it in a moment.
        for (var attempt = 1; await Run.ScalarAsync(home, "select pg_catalog.pg_try_advisory_lock($1, pg_catalog.hashtext($2))", token,
            Lock,
            name) is not true; attempt++)
        {
            if (attempt == 20)
                throw new ArgumentException($"the tenant `{name}` is being worked on by somebody else: wait for that to end");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, token);
        }
        try
        {
            if (await Registry.FindAsync(name, token) is { State: "creating" } half)
                await places.DropAsync(half.Home, token);
            fault?.Invoke("half dropped");
            var made = await BeginAsync(name, server, structure, token);
            fault?.Invoke("registered");
            var place = new Placement(TenancyModel.Databases, server, made.Place, made.Place);
            await places.MakeAsync(made.Id, place, structure, open: true, token, made.Spare);
            var id = new Literal(made.Id.ToString());
            await Run.AllAsync(home,
            [
                Sql.Of($"update howdah.tenants set state = 'active', epoch = epoch + 1 where id = {id} and state = 'creating'"),
                Sql.Of($"update howdah.tenant_work set step = 'done', finished = pg_catalog.now(), outcome = 'done' "
                    + $"where tenant = {id} and finished is null"),
                Event(made.Id, name, "create", ("model", "databases"), ("server", server), ("place", made.Place)),
            ], token);
            fault?.Invoke("made");
        }
        finally
        {
            await Run.UnlockAsync(home, Lock, name);
        }
    }

    // A database made ahead is taken in the same transaction: from then on it is this tenant's half, like one that is made now.
    async Task<(Guid Id, string Place, bool Spare)> BeginAsync(string name, string server, Structure structure, CancellationToken token)
    {
        await using var transaction = await home.BeginTransactionAsync(token);
        var spare = await Spare.TakeAsync(spec, server, structure, home, token);
        var made = await InsertAsync(name, TenancyModel.Databases, server == spec.Server ? null : server, "creating", token, spare);
        if (made is null)
        {
            var place = spare ?? await places.NewNameAsync(token);
            var id = (Guid)(await Run.ScalarAsync(home, "update howdah.tenants set place = $2, model = 'databases', server = $3 "
                + "where name = $1 and state = 'creating' returning id", token, name, place, server == spec.Server ? DBNull.Value : server)
                ?? throw new ArgumentException($"the tenant `{name}` was made by somebody else meanwhile"))!;
            made = (id, place);
        }
        await Run.AllAsync(home,
        [
            Sql.Of($"delete from howdah.tenant_work where tenant = {new Literal(made.Value.Id.ToString())} and finished is null"),
            Sql.Of($"insert into howdah.tenant_work (tenant, kind, step, detail) values ({new Literal(made.Value.Id.ToString())}, "
                + $"'create', "
                + $"'begun', pg_catalog.jsonb_build_object('place', {new Literal(made.Value.Place)}))"),
            Fence.Lay(spec),
        ], token);
        await transaction.CommitAsync(token);
        return (made.Value.Id, made.Value.Place, spare is not null);
    }

    async Task<(Guid Id, string Place)?> InsertAsync(string name, TenancyModel model, string? server, string state, CancellationToken token,
        string? place = null)
    {
        await using var command = new NpgsqlCommand("""
            insert into howdah.tenants (name, state, model, server, place) values ($1, $2, $3, $4, coalesce($5, 't_' || pg_catalog.substr(
              pg_catalog.md5(pg_catalog.gen_random_uuid()::text || pg_catalog.gen_random_uuid()::text), 1, 20)))
            on conflict (name) do nothing returning id, place
            """, home);
        foreach (var value in (object[])[name, state, TenantRegistry.NameOf(model), (object?)server ?? DBNull.Value,
            (object?)place ?? DBNull.Value])
            command.Parameters.Add(new() { Value = value });
        await using var row = await command.ExecuteReaderAsync(token);
        return await row.ReadAsync(token) ? (row.GetGuid(0), row.GetString(1)) : null;
    }

    async Task<Tenant> TurnAsync(string name, string from, string to, string action, CancellationToken token)
    {
        var tenant = await GetAsync(name, token);
        if (tenant.State == to)
        {
            // A database's doors are turned in another transaction than the registry: a call that was cut off may have turned them.
            if (tenant.Home.Model == TenancyModel.Databases)
                await TurnDoorsAsync(tenant, to, token);
            return tenant;
        }
        if (tenant.State != from)
            throw new ArgumentException($"the tenant `{name}` is {tenant.State}, not {from}: `{action}` cannot be done now");
        if (tenant.Home.Model == TenancyModel.Rows && spec.Wanted.Type != "uuid")
            throw new ArgumentException($"the tenants of {spec.Database} have ids that the registry did not give ({spec.Wanted.Type}), "
                + $"so none "
                + "can be closed by it");
        await using var transaction = await home.BeginTransactionAsync(token);
        var id = new Literal(tenant.Id.ToString());
        if (await Run.ScalarAsync(home, "update howdah.tenants set state = $2, epoch = epoch + 1 where id = $1 and state = $3 returning "
            + "epoch",
            token, tenant.Id, to, from) is null)
            throw new ArgumentException($"the tenant `{name}` was changed by somebody else meanwhile: look, and try again");
        await TurnDoorsAsync(tenant, to, token);
        fault?.Invoke("turned");
        await Run.AllAsync(home, [Fence.Lay(spec), Event(tenant.Id, name, action)], token);
        await transaction.CommitAsync(token);
        fault?.Invoke("told");
        return await GetAsync(name, token);
    }

    Task TurnDoorsAsync(Tenant tenant, string to, CancellationToken token) => to == "active"
        ? PlaceFence.OpenAsync(session, spec, home, tenant.Home, token) : PlaceFence.CloseAsync(session, spec, home, tenant.Home, token);

    internal static Sql Event(Guid tenant, string name, string action, params (string Key, string Value)[] detail) => Sql.Of(
        $"insert into howdah.tenant_events (tenant, name, action, detail) values ({new Literal(tenant.ToString())}, {new Literal(name)}, "
        + $"{new Literal(action)}, pg_catalog.jsonb_build_object({Sql.Join(", ", detail.Select(static each =>
            Sql.Of($"{new Literal(each.Key)}, {new Literal(each.Value)}")))}))");
}
