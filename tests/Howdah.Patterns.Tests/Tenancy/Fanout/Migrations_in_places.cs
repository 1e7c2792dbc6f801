using Howdah.Engine.Applying;
using Npgsql;
using Xunit;
using Registered = Howdah.Patterns.Tenancy.Registry.Tenants;

namespace Howdah.Patterns.Tests.Tenancy.Fanout;

/// <summary>Home's migrations in tenants' schemas and databases.</summary>
public abstract class Migrations_in_places(int major)
{
    // Every migration since the first runs in empty places: what stands there then is what stands at home, by one hash.
    [Fact]
    public async Task Places_become_as_home_is_once()
    {
        using var tenants = await Tenants.OpenAsync(major, schemas: 3, databases: 2);
        var first = await tenants.RunAsync();
        Assert.True(first.Failed.Count == 0, string.Join('\n', first.Failed));
        Assert.Equal((5, 5, 0), (first.Places, first.Done, first.Left));
        await tenants.HomeAsync("0002_note", "alter table app.orders add note text; update app.orders set note = 'old'; "
            + "create table app.audit (a int); create type app.mood as enum ('good');");
        await tenants.HomeAsync("0003_index", "-- howdah: no-transaction\ncreate index concurrently orders_note on app.orders (note)");
        var second = await tenants.RunAsync();
        Assert.True(second.Failed.Count == 0, string.Join('\n', second.Failed));
        Assert.Equal((5, 0), (second.Done, second.Left));
        Assert.Equal(0, (await tenants.RunAsync()).Done);
        Assert.All(await tenants.StatusAsync(), static place => Assert.Equal(("0003_index", 0), (place.Version, place.Behind)));

        // Home's, not the tenants'.
        Assert.Equal(0L, await tenants.AskAsync<long>("select count(*) from pg_class where relname in ('audit', 'kinds') "
            + "and relnamespace in (select oid from pg_namespace where nspname ~ '^t_')"));
        // Rows that a migration loads are loaded into home and the databases' copies of shared tables, once.
        Assert.Equal(2L, await tenants.AskAsync<long>("select count(*) from app.kinds"));
        Assert.Equal(2L, await tenants.AskAsync<long>("select count(*) from app.kinds", Tenants.Place(501)));
        Assert.True(await tenants.AskAsync<bool>(
            $"select indisvalid from pg_index where indexrelid = '{Tenants.Place(1)}.orders_note'::regclass"));
        // Nothing foreign can stand in a place, and its role may do what applications may.
        var id = await tenants.AskAsync<Guid>("select id from howdah.tenants where name = 's001'");
        await tenants.Server.ExecuteAsync($"set role {Tenants.Place(1)}; insert into {Tenants.Place(1)}.orders (id, kind) values (1, 'a'); "
            + $"insert into {Tenants.Place(1)}.lines (order_id) values (1)", Tenants.Database);
        Assert.Equal(id, await tenants.AskAsync<Guid>($"select tenant_id from {Tenants.Place(1)}.lines"));
        var foreign = await Assert.ThrowsAsync<PostgresException>(() => tenants.Server.ExecuteAsync(
            $"insert into {Tenants.Place(1)}.orders (tenant_id, id) values (gen_random_uuid(), 2)", Tenants.Database));
        Assert.Equal("howdah_tenant_only", foreign.ConstraintName);
        Assert.Equal(0L, await tenants.AskAsync<long>("select count(*) from app.orders"));
    }

    // A mistake is found by the canary, and nobody else gets it.
    [Fact]
    public async Task The_canary_goes_first_and_alone()
    {
        using var tenants = await Tenants.OpenAsync(major, schemas: 4);
        await tenants.RunAsync();
        await tenants.Server.ExecuteAsync($"insert into {Tenants.Place(3)}.orders (id, what) values (1, 'bad')", Tenants.Database);
        await tenants.HomeAsync("0002_check", "alter table app.orders\n  add constraint no_bad check (what <> 'bad')");
        var report = await tenants.RunAsync(new() { Canary = "s003" });
        var failure = Assert.Single(report.Failed);
        Assert.Equal(("s003", "0002_check"), (failure.Tenant, failure.Migration));
        Assert.Contains("no_bad", failure.Why, StringComparison.Ordinal);
        Assert.Equal((0, 4), (report.Done, report.Left));
        Assert.All(await tenants.StatusAsync(), static place => Assert.Equal(1, place.Behind));

        // Whoever wants the others all the same gets them; the one stays behind until it is mended.
        var others = await tenants.RunAsync(new() { ContinueOnError = true, Parallel = 2 });
        Assert.Equal((3, 1), (others.Done, others.Left));
        Assert.Equal("s003", Assert.Single(await tenants.StatusAsync(), static place => place.Behind > 0).Tenant);
        await tenants.Server.ExecuteAsync($"update {Tenants.Place(3)}.orders set what = 'good'", Tenants.Database);
        Assert.Equal((1, 0), (await tenants.RunAsync() is var last ? last.Done : 0, last.Left));
    }

    [Fact]
    public async Task A_canary_that_differs_from_home_stops_the_others()
    {
        using var tenants = await Tenants.OpenAsync(major, schemas: 2);
        await tenants.RunAsync();
        await tenants.Server.ExecuteAsync($"alter table {Tenants.Place(1)}.orders alter what drop default", Tenants.Database);
        await tenants.HomeAsync("0002_note", "alter table app.orders add note text");
        var report = await tenants.RunAsync(new() { Canary = "s001" });
        Assert.Contains("column what of orders", Assert.Single(report.Failed).Why, StringComparison.Ordinal);
        Assert.Equal("", await tenants.AskAsync<string>(
            $"select coalesce(string_agg(attname, ''), '') from pg_attribute "
            + $"where attname = 'note' and attrelid = '{Tenants.Place(2)}.orders'::regclass"));
    }

    // One step in the plan, whatever the number of places; after it nothing is left to do.
    [Fact]
    public async Task Apply_runs_them_after_homes_own()
    {
        using var tenants = await Tenants.OpenAsync(major, schemas: 3, databases: 1);
        await tenants.Estate.ConvergeAsync();
        Assert.All(await tenants.StatusAsync(), static place => Assert.Equal(0, place.Behind));
        tenants.Write("0002_note", "alter table app.orders add note text; create type app.mood as enum ('good')");
        var plan = await tenants.Estate.PlanAsync();
        var step = plan.Steps[^1];
        Assert.Equal("tenancy/shop/places", step.Id);
        Assert.Contains("0002_note in 3 schemas and 1 database", step.Detail, StringComparison.Ordinal);
        Assert.Contains("create type app.mood", step.Detail, StringComparison.Ordinal);
        Assert.Contains("alter table \"t_…\".orders add note text", step.SqlText, StringComparison.Ordinal);
        await tenants.Estate.ConvergeAsync();
        Assert.All(await tenants.StatusAsync(), static place => Assert.Equal(("0002_note", 0), (place.Version, place.Behind)));

        // What could not run in places is told before anything runs at home.
        tenants.Write("0003_function", "create function app.f() returns bigint language sql as 'select count(*) from app.orders'");
        var refused = await tenants.Estate.ApplyAsync();
        Assert.Equal(ApplyOutcome.Refused, refused.Outcome);
        Assert.Contains("HOW0640", refused.Message, StringComparison.Ordinal);
        Assert.Equal("0002_note", await tenants.AskAsync<string>("select max(name) from howdah.migrations"));
    }

    [Fact]
    public async Task A_place_that_differs_is_told_with_what_differs_first()
    {
        using var tenants = await Tenants.OpenAsync(major, schemas: 9, databases: 2);
        await tenants.Estate.ConvergeAsync();
        foreach (var (place, change) in ((int, string)[])[(2, "alter table P.orders add extra int"), (3, "drop index P.lines_note"),
            (4, "alter table P.orders alter what set not null"), (5, "revoke insert on P.orders from P"),
            (6, "alter table P.orders drop constraint orders_what"), (7, "drop table P.lines"),
            (8, "create index extra on P.orders (tenant_id, what)"),
                (9, "grant truncate on P.lines to P; revoke insert on P.orders from P")])
            await tenants.Server.ExecuteAsync(change.Replace("P", Tenants.Place(place), StringComparison.Ordinal), Tenants.Database);
        var plan = await tenants.Estate.PlanAsync();
        var notes = plan.Notes.Where(static note => note.Code == "HOW0641").Select(static note
            => note.Message)
            .ToList();
        Assert.Equal(6, notes.Count);
        Assert.Contains("column extra of orders is not at home", notes[0], StringComparison.Ordinal);
        Assert.Contains("index lines_note of lines is missing", notes[1], StringComparison.Ordinal);
        Assert.Contains("column what of orders is", notes[2], StringComparison.Ordinal);
        Assert.Contains("constraint orders_what of orders is missing", notes[3], StringComparison.Ordinal);
        Assert.Contains("lines is missing", notes[4], StringComparison.Ordinal);
        Assert.Contains("1 more differ: s008", notes[5], StringComparison.Ordinal);

        // Privileges are given anew; of a tenant that is suspended they are gone for a reason.
        var step = Assert.Single(plan.Steps);
        Assert.Equal("tenancy/shop/places/privileges", step.Id);
        Assert.Contains("for s005, s009", step.Detail, StringComparison.Ordinal);
        await tenants.Server.ExecuteAsync("update howdah.tenants set state = 'suspended' where name = 's001'; "
            + $"revoke all on {Tenants.Place(1)}.orders from {Tenants.Place(1)}", Tenants.Database);
        await tenants.Estate.ApplyAsync();
        Assert.True(await tenants.AskAsync<bool>($"select has_table_privilege('{Tenants.Place(5)}', '{Tenants.Place(5)}.orders', 'insert') "
            + $"and has_table_privilege('{Tenants.Place(9)}', '{Tenants.Place(9)}.orders', 'insert') "
            + $"and not has_table_privilege('{Tenants.Place(9)}', '{Tenants.Place(9)}.lines', 'truncate') "
            + $"and not has_table_privilege('{Tenants.Place(1)}', '{Tenants.Place(1)}.orders', 'select')"));
        Assert.Empty((await tenants.Estate.PlanAsync()).Steps);

        // Databases, too: what the plan's own snapshot cannot see is asked for beside it.
        await tenants.Server.ExecuteAsync("alter table app.orders add extra int", Tenants.Place(502));
        var session = await tenants.Estate.OpenAsync();
        await using var registered = await Registered.OpenAsync(session, session.Estate.Databases[0], default);
        var drift = Assert.Single(await registered.DatabaseDriftAsync(default));
        Assert.Equal(("d002", "column extra of orders is not at home"), (drift.Tenant, drift.Difference));
    }

    /// <summary>Home's policies are the floor; one in a tenant's own place hides rows from the tenant, and a rule loses what it writes.
    /// </summary>
    [Fact]
    public async Task Policies_and_rules_of_places_are_told()
    {
        using var tenants = await Tenants.OpenAsync(major, schemas: 5, databases: 2);
        await tenants.Estate.ConvergeAsync();
        foreach (var (place, change) in ((int, string)[])[(1, "alter table P.orders enable row level security"),
            (2, "create policy few on P.orders using (what <> ''); create policy all_of_it on P.orders"),
            (3, "alter table P.lines force row level security"),
            (4, "create rule quiet as on delete to P.lines do instead nothing")])
            await tenants.Server.ExecuteAsync(change.Replace("P", Tenants.Place(place), StringComparison.Ordinal), Tenants.Database);
        var plan = await tenants.Estate.PlanAsync();
        Assert.Empty(plan.Steps);
        Assert.Equal([
            "row level security of orders is on; a place of a tenant's own has none",
            "row level security of orders is off, with the policies all_of_it, few; a place of a tenant's own has none",
            "row level security of lines is off, forced; a place of a tenant's own has none", "rule quiet of lines is not at home"],
            plan.Notes.Where(static note => note.Code == "HOW0641").Select(static note => note.Message)
                .Select(static message => message[(message.IndexOf(": ", StringComparison.Ordinal) + 2)..]));

        await tenants.Server.ExecuteAsync("alter table app.orders enable row level security", Tenants.Place(502));
        var session = await tenants.Estate.OpenAsync();
        await using var registered = await Registered.OpenAsync(session, session.Estate.Databases[0], default);
        var drift = Assert.Single(await registered.DatabaseDriftAsync(default));
        Assert.Equal(("d002", "row level security of orders is on; a place of a tenant's own has none"), (drift.Tenant, drift.Difference));
    }

    [Fact]
    public async Task Only_those_that_are_named()
    {
        using var tenants = await Tenants.OpenAsync(major, schemas: 3);
        var report = await tenants.RunAsync(new() { Only = ["s002"] });
        Assert.Equal((1, 0), (report.Done, report.Left));
        Assert.Equal(["s001", "s003"], (await tenants.StatusAsync()).Where(static place => place.Behind > 0).Select(static place
            => place.Tenant));
        var wrong = await Assert.ThrowsAsync<ArgumentException>(() => tenants.RunAsync(new() { Only = ["nobody"] }));
        Assert.Contains("`nobody`", wrong.Message, StringComparison.Ordinal);
    }

    // Who moves a tenant holds its lock: the tenant is passed over, told, and done by the next run.
    [Fact]
    public async Task A_tenant_that_is_being_moved_is_passed_over()
    {
        using var tenants = await Tenants.OpenAsync(major, schemas: 2, databases: 2);
        await using (var mover = await tenants.Server.OpenAsync(Tenants.Database))
        {
            await using var command = new NpgsqlCommand("select pg_advisory_lock(1213159252, hashtext(id::text)) from howdah.tenants "
                + "where name in ('s002', 'd002')", mover);
            await command.ExecuteNonQueryAsync();
            var report = await tenants.RunAsync();
            Assert.Equal(["d002", "s002"], report.Moving);
            Assert.Empty(report.Failed);
            Assert.Equal((2, 2), (report.Done, report.Left));
            command.CommandText = "select pg_advisory_unlock_all()";
            await command.ExecuteNonQueryAsync();
        }
        Assert.Equal((2, 0), (await tenants.RunAsync() is var after ? after.Done : 0, after.Left));
    }

    // A long reader in one place holds up nobody else, and the place is done as soon as the reader is gone.
    [Fact]
    public async Task A_lock_is_waited_for_and_told()
    {
        using var tenants = await Tenants.OpenAsync(major, schemas: 3);
        await tenants.RunAsync();
        await tenants.HomeAsync("0002_note", "alter table app.orders add note text");
        await using var reader = await tenants.Server.OpenAsync(Tenants.Database);
        await using var transaction = await reader.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand($"select * from {Tenants.Place(2)}.orders", reader))
            await command.ExecuteNonQueryAsync();
        var report = await tenants.RunAsync(new() { Canary = "s001", LockPatience = TimeSpan.FromSeconds(1), ContinueOnError = true });
        Assert.Contains("no lock", Assert.Single(report.Failed).Why, StringComparison.Ordinal);
        Assert.Equal((2, 1), (report.Done, report.Left));
        var waiting = tenants.RunAsync();
        await transaction.RollbackAsync();
        Assert.Equal(0, (await waiting).Left);
    }

    [Fact]
    public async Task What_cannot_run_in_places_is_refused_before_anything()
    {
        using var tenants = await Tenants.OpenAsync(major, schemas: 1);
        await tenants.RunAsync();
        await tenants.HomeAsync("0002_function",
            "alter table app.orders add x int; create function app.f() returns bigint language sql as 'select count(*) from app.orders'");
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => tenants.RunAsync());
        Assert.Contains("0002_function", refused.Message, StringComparison.Ordinal);
        Assert.Contains("body names app.orders", refused.Message, StringComparison.Ordinal);
        Assert.Equal("0001_tables", Assert.Single(await tenants.StatusAsync()).Version);
    }

    // An index build that was cut off leaves an invalid index: it goes and is built again.
    [Fact]
    public async Task An_invalid_leftover_is_built_again()
    {
        using var tenants = await Tenants.OpenAsync(major, schemas: 2);
        await tenants.RunAsync();
        await tenants.HomeAsync("0002_index", "-- howdah: no-transaction\ncreate index concurrently orders_what on app.orders (what)");
        await tenants.Server.ExecuteAsync($"create index orders_what on {Tenants.Place(1)}.orders (what); "
            + $"update pg_index set indisvalid = false where indexrelid = '{Tenants.Place(1)}.orders_what'::regclass", Tenants.Database);
        var report = await tenants.RunAsync();
        Assert.True(report.Failed.Count == 0, string.Join('\n', report.Failed));
        Assert.Equal(2L, await tenants.AskAsync<long>("select count(*) from pg_index i join pg_class c on c.oid = i.indexrelid "
            + "join pg_namespace n on n.oid = c.relnamespace where c.relname = 'orders_what' and n.nspname ~ '^t_' and i.indisvalid"));
    }
}

/// <summary>On PostgreSQL 15.</summary>
public sealed class Migrations_in_places_15() : Migrations_in_places(15);

/// <summary>On PostgreSQL 18.</summary>
public sealed class Migrations_in_places_18() : Migrations_in_places(18);
