using System.Globalization;
using Howdah.Testing;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>SIGKILL while home's migrations run in tenants' schemas and databases.</summary>
public sealed class FanoutCrashTests
{
    static readonly int Rounds = Campaign.Full ? 6 : 3;

    // Each round's migration counts itself in a row of each place: run twice or not at all, the count is wrong.
    [Theory]
    [MemberData(nameof(Campaign.On), 0, MemberType = typeof(Campaign))]
    public async Task Every_migration_runs_once_in_every_place_wherever_it_was_killed(int major)
    {
        using var sample = await Sample.BareAsync(major);
        await sample.ApplyAsync();
        var server = sample.Server;
        string[] schemas = ["t_00000000000000000001", "t_00000000000000000002", "t_00000000000000000003"];
        const string Database = "t_00000000000000000009";
        foreach (var place in schemas)
            await server.ExecuteAsync($"create role {place}; create schema {place} authorization store_owner; "
                + $"insert into howdah.tenants (name, model, place) values ('{place}', 'schemas', '{place}')", "store");
        await server.ExecuteAsync($"create role {Database}");
        await server.ExecuteAsync($"create database {Database} owner store_owner");
        await server.ExecuteAsync("create schema store authorization store_owner", Database);
        await server.ExecuteAsync($"insert into howdah.tenants (name, model, place) values ('d', 'databases', '{Database}')", "store");
        // The superstore's own migrations, in empty places: apply compares what they made there with home.
        Assert.Equal(0, (await CrashProcess.RunAsync(sample, "0")).Code);
        Assert.Empty((await sample.Harness.PlanAsync()).Notes.Where(static note => note.Code == "HOW0641"));
        foreach (var place in schemas)
            await server.ExecuteAsync($"insert into {place}.customers (customer_id, customer_name, segment) "
                + "values ('c', '', '0')", "store");
        await server.ExecuteAsync("insert into store.customers (customer_id, customer_name, segment) values ('c', '', '0')", Database);

        var random = new Random(major);
        var points = 0;
        for (var round = 0; round <= Rounds; round++)
        {
            sample.Harness.Write($"migrations/{2 * round + 2:0000}_count.sql",
                $"alter table store.customers add n{round} integer; update store.customers set segment = (segment::int + 1)::text;");
            sample.Harness.Write($"migrations/{2 * round + 3:0000}_index.sql",
                $"-- howdah: no-transaction\ncreate index concurrently customers_n{round} on store.customers (tenant_id, n{round});");
            var fatal = round == 0 ? 0 : random.Next(points / 3, points);
            var (passed, code) = await CrashProcess.RunAsync(sample, fatal.ToString(CultureInfo.InvariantCulture));
            if (round == 0)
                points = passed;
            else
                Assert.True(code != 0, $"round {round} was not killed at {fatal} of {points}");
            Assert.Equal(0, (await CrashProcess.RunAsync(sample, "0")).Code);
            var what = $"PostgreSQL {major}, round {round}, killed at point {fatal} of {points}";
            foreach (var (place, database) in schemas.Select(static place => (place, "store")).Append(("store", Database)))
            {
                var count = await server.ScalarAsync<string>($"select segment from {place}.customers", database);
                Assert.True($"{round + 1}" == count, $"{what}: {place} counts {count}");
                Assert.True(await server.ScalarAsync<long>($"""
                    select count(*) from pg_index i join pg_class c on c.oid = i.indexrelid
                    where i.indrelid = '{place}.customers'::regclass and c.relname ~ '^customers_n[0-9]+$' and i.indisvalid
                    """, database) == round + 1, $"{what}: {place} lacks an index");
            }
            var left = await sample.Harness.PlanAsync(rehearse: false);
            Assert.True(left.Steps.Count == 0, $"{what}: {string.Join(", ", left.Steps.Select(static step => step.Id))} is left to do");
            Assert.DoesNotContain(left.Notes, static note => note.Code == "HOW0641");
        }
        Assert.True(points > 30, $"{points} points are too few to be all");
    }
}
