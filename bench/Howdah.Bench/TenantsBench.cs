using System.Diagnostics;
using Howdah.Bench.Client;
using Howdah.Engine;
using Howdah.Patterns.Tenancy.Fanout;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Patterns.Tests;
using Howdah.Testing;

namespace Howdah.Bench;

/// <summary>How long a new tenant takes in each model, and what migrations cost in 1,000 schemas and 100 databases.</summary>
static class TenantsBench
{
    internal const int Tables = 20;
    const int Schemas = 1_000;
    const int Databases = 100;
    const int Rounds = 3;
    internal const string Database = "shop";

    internal static async Task RunAsync()
    {
        var server = await TestServer.StartOwnAsync(18);
        using var harness = new EstateHarness(server, File);
        harness.Write("migrations/0001_tables.sql", Migration);
        await harness.ConvergeAsync();
        var section = new Section("tenants", $"""
            ## Tenants

            Made by `dotnet run -c Release --project bench/Howdah.Bench -- tenants`: PostgreSQL 18 on loopback, without fsync,
            {Environment.ProcessorCount} cores; {Tables} tables with a primary key, a foreign key, an index, a check and an identity each.

            | what | median | slowest |
            |---|---|---|
            """);
        var session = await OpenAsync(harness);
        await CreateAsync(server, session, section);
        await server.ExecuteAsync("vacuum analyze", Database); // autovacuum is off here, and would have come by
        await harness.ConvergeAsync();
        section.Add("\n| what | rounds | |\n|---|---|---|");
        await ColumnAsync(harness, server, section);
        await NothingAsync(harness, server, section);
        section.Save("bench/RESULTS.md");
        await server.StopAsync();
    }

    internal static async Task<Session> OpenAsync(EstateHarness harness)
    {
        var session = await harness.OpenAsync();
        foreach (var server in session.Servers.Values)
            await server.ProbeAsync(CancellationToken.None);
        return session;
    }

    static async Task CreateAsync(TestServer server, Session session, Section section)
    {
        foreach (var (model, many, words) in ((TenancyModel, int, string)[])[
            (TenancyModel.Rows, 200, "a new tenant in rows"), (TenancyModel.Schemas, 40, $"a new schema of {Tables} tables"),
            (TenancyModel.Databases, 20, $"a new database of {Tables} tables, warm")])
        {
            await using var tenants = await OpenTenantsAsync(session);
            await tenants.CreateAsync($"warm {model}", model, null, CancellationToken.None);
            var (times, bare) = (new List<double>(), new List<double>());
            for (var i = 0; i < many; i++)
            {
                var watch = Stopwatch.StartNew();
                await tenants.CreateAsync($"{model} {i}", model, null, CancellationToken.None);
                times.Add(watch.Elapsed.TotalMilliseconds);
                if (model == TenancyModel.Databases)
                    bare.Add(await BareAsync(server, i));
            }
            section.Add($"| {words} ({many} of them) | {Section.Median(times):0.0} ms | {times.Max():0.0} ms |");
            if (bare.Count > 0)
                section.Add($"| beside each, a bare `CREATE DATABASE` from the same template | {Section.Median(bare):0.0} ms "
                    + $"| {bare.Max():0.0} ms |");
        }
        await Parallel.ForEachAsync(Enumerable.Range(0, 4), async (worker, token) =>
        {
            await using var tenants = await OpenTenantsAsync(session);
            for (var i = 41 + worker; i < Schemas; i += 4)
                await tenants.CreateAsync($"more {i}", TenancyModel.Schemas, null, token);
        });
        await using var others = await OpenTenantsAsync(session);
        for (var i = 21; i < Databases; i++)
            await others.CreateAsync($"more databases {i}", TenancyModel.Databases, null, CancellationToken.None);
    }

    // What the server itself takes, on this disk.
    static async Task<double> BareAsync(TestServer server, int number)
    {
        var template = await server.ScalarAsync<string>("select datname from pg_database where datname like 'howdah\\_template%'");
        var watch = Stopwatch.StartNew();
        await server.ExecuteAsync($"create database bare_{number} template {template}");
        var took = watch.Elapsed.TotalMilliseconds;
        await server.ExecuteAsync($"drop database bare_{number}");
        return took;
    }

    /// <summary>A new database with databases made ahead and without, beside a bare CREATE DATABASE, by turns.</summary>
    internal static async Task SparesAsync(int major)
    {
        const int Rounds = 20;
        var server = await TestServer.StartOwnAsync(major);
        using var harness = new EstateHarness(server, File.Replace("model: rows", $"model: rows, spares: {Rounds}",
            StringComparison.Ordinal));
        harness.Write("migrations/0001_tables.sql", Migration);
        var session = await OpenAsync(harness);
        await harness.ConvergeAsync();
        await using var tenants = await OpenTenantsAsync(session);
        await server.ExecuteAsync("create table kept as select * from howdah.tenant_spares; delete from howdah.tenant_spares", Database);
        await tenants.CreateAsync("warm", TenancyModel.Databases, null, CancellationToken.None);
        var (ahead, now, bare) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < Rounds; i++)
        {
            now.Add(await TimedAsync($"now {i}"));
            bare.Add(await BareAsync(server, i));
            await server.ExecuteAsync("insert into howdah.tenant_spares select * from kept order by place limit 1; "
                + "delete from kept where place in (select place from howdah.tenant_spares)", Database);
            ahead.Add(await TimedAsync($"ahead {i}"));
        }
        var section = new Section($"spares {major}", $"""
            ## A new tenant's database, PostgreSQL {major}

            Made by `dotnet run -c Release --project bench/Howdah.Bench -- spares {major}`: loopback, without fsync,
            {Environment.ProcessorCount} cores; {Tables} tables as above; by turns, {Rounds} of each.

            | what | median | slowest |
            |---|---|---|
            """);
        foreach (var (words, times) in ((string, List<double>)[])[("a new tenant, its database made ahead (`spares`)", ahead),
            ("a new tenant, its database made now", now), ("a bare `CREATE DATABASE` from the same template", bare)])
            section.Add($"| {words} | {Section.Median(times):0.0} ms | {times.Max():0.0} ms |");
        section.Save("bench/RESULTS.md");
        await server.StopAsync();

        async Task<double> TimedAsync(string name)
        {
            var watch = Stopwatch.StartNew();
            await tenants.CreateAsync(name, TenancyModel.Databases, null, CancellationToken.None);
            return watch.Elapsed.TotalMilliseconds;
        }
    }

    internal static Task<Tenants> OpenTenantsAsync(Session session) =>
        Tenants.OpenAsync(session, session.Estate.Databases[0], CancellationToken.None);

    // The raw loop: one connection, a statement for each schema, and a transaction for each.
    static async Task ColumnAsync(EstateHarness harness, TestServer server, Section section)
    {
        var (raw, ours) = (new List<double>(), new List<double>());
        var places = (await server.ScalarAsync<string[]>("select array_agg(place) from howdah.tenants where model = 'schemas'", Database))!;
        for (var round = 0; round < Rounds; round++)
        {
            await using (var connection = await server.OpenAsync(Database))
            {
                var watch = Stopwatch.StartNew();
                foreach (var place in places)
                {
                    await using var command = new Npgsql.NpgsqlCommand($"alter table {place}.t{round} add column raw{round} text",
                        connection);
                    await command.ExecuteNonQueryAsync();
                }
                raw.Add(watch.Elapsed.TotalSeconds);
            }
            foreach (var some in places.Chunk(100))
                await server.ExecuteAsync(string.Concat(some.Select(place => $"alter table {place}.t{round} drop column raw{round};")),
                    Database);
            harness.Write($"migrations/{round + 2:0000}_note.sql", $"alter table app.t{10 + round} add column note{round} text;");
            await server.ExecuteAsync("update howdah.tenants set state = 'creating'", Database); // so that home alone is brought up
            await harness.ApplyAsync();
            await server.ExecuteAsync("update howdah.tenants set state = 'active'", Database);
            var session = await OpenAsync(harness);
            var began = Stopwatch.StartNew();
            var report = await TenantMigrations.RunAsync(session, session.Estate.Databases[0], new()
            {
                Only = [.. (await Names(session)).Where(static each => each.Model == "schemas").Select(static each => each.Tenant)],
            }, CancellationToken.None);
            ours.Add(began.Elapsed.TotalSeconds);
            if (report.Done != places.Length || report.Left > 0)
                throw new InvalidOperationException($"{report.Done} done, {report.Left} left: {string.Join("; ", report.Failed.Take(1))}");
            await TenantMigrations.RunAsync(session, session.Estate.Databases[0], new(), CancellationToken.None);
        }
        section.Add($"| one column in {places.Length:N0} schemas: a loop of ALTERs, one connection | {Text(raw)} | |");
        section.Add($"| the same by `howdah migrate tenants`: a canary first, versions written, compared with home | {Text(ours)} | "
            + $"{Section.Median(ours) / Section.Median(raw):0.00} x |");
    }

    static Task<IReadOnlyList<PlaceStatus>> Names(Session session) =>
        TenantMigrations.StatusAsync(session, session.Estate.Databases[0], CancellationToken.None);

    static async Task NothingAsync(EstateHarness harness, TestServer server, Section section)
    {
        foreach (var (words, without) in ((string, string)[])[($"{Schemas:N0} schemas", "databases"),
            ($"{Databases} databases", "schemas")])
        {
            await server.ExecuteAsync($"update howdah.tenants set state = case model when '{without}' then 'creating' else 'active' end",
                Database);
            await harness.ApplyAsync();
            var (plan, migrate) = (new List<double>(), new List<double>());
            for (var round = 0; round <= Rounds; round++)
            {
                var session = await OpenAsync(harness);
                var watch = Stopwatch.StartNew();
                var seen = await session.PlanAsync(rehearse: true, CancellationToken.None);
                await using (var tenants = await OpenTenantsAsync(session))
                    if (await tenants.DatabaseDriftAsync(CancellationToken.None) is [var drift, ..])
                        throw new InvalidOperationException($"{drift}");
                if (seen.Steps.Count > 0 || seen.Notes.Any(static note => note.Code.StartsWith("HOW064", StringComparison.Ordinal)))
                    throw new InvalidOperationException(
                        $"something is to do: {seen.Steps.Count} steps {string.Join("; ", seen.Notes.Take(1))}");
                if (round > 0)
                    plan.Add(watch.Elapsed.TotalSeconds);
                watch.Restart();
                await TenantMigrations.RunAsync(session, session.Estate.Databases[0], new(), CancellationToken.None);
                if (round > 0)
                    migrate.Add(watch.Elapsed.TotalSeconds);
            }
            section.Add($"| nothing to do, {words}: `howdah plan`, each structure compared with home's | {Text(plan)} | |");
            section.Add($"| nothing to do, {words}: `howdah migrate tenants` | {Text(migrate)} | |");
        }
    }

    static string Text(IEnumerable<double> seconds) =>
        string.Join(", ", seconds.Select(static each => FormattableString.Invariant($"{each:0.00} s")));

    internal static readonly string Migration = string.Concat(Enumerable.Range(0, Tables).Select(static i => $"""
        create table app.t{i} (
          tenant_id uuid not null, id bigint generated by default as identity, parent bigint, name text not null default 'x',
          price numeric(10,2) check (price >= 0), at timestamptz not null default now(), primary key (tenant_id, id),
          foreign key (tenant_id, parent) references app.t{i / 2} (tenant_id, id));
        create index t{i}_name on app.t{i} (tenant_id, name);

        """));
    static readonly string All = string.Join(", ", Enumerable.Range(0, Tables).Select(static i => $"app.t{i}"));
    internal static readonly string File = ShopYaml.With($$"""
        schemas: [app], migrations: migrations/,
          grants: [{ to: shop_app, on: { database: true }, privileges: [connect] },
            { to: shop_app, on: { schema: app }, privileges: [usage] },
            { to: shop_app, on: { all_tables: app }, privileges: [select, insert, update, delete] }],
          tenancy: { model: rows, roles: [shop_app], tables: [{{All}}] }
        """, "shop_app: { login: true, password: \"${generated}\" }");
}
