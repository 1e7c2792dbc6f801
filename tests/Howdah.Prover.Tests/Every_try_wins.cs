using Howdah.Prover.Live;
using Howdah.Prover.Scouting;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>A try that cannot win proves nothing when it holds: on tables without policies every one gets through.</summary>
public sealed class Every_try_wins
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task On_a_table_without_policies(int major)
    {
        var server = await TestServer.GetAsync(major);
        var database = await Twin.All.Single(static twin => twin.Name == "rows").CopyAsync(server);
        await server.ExecuteAsync("""
            alter table shop.orders disable row level security; alter table shop.customers disable row level security;
            alter table shop.customers drop constraint customers_tenant_id_email_key;
            alter table shop.customers add constraint by_email unique (email);
            """, database);
        var connection = server.ConnectionString(database);
        var through = await ThroughAsync(connection);
        foreach (var name in (string[])
            ["read a row of B as A", "read without a tenant", "read with an empty tenant", "read with the tenant %",
                "read with row_security off", "update a row of B as A", "update a row of B as A and have it returned",
                "delete a row of B as A", "delete a row of B as A and have it returned",
                "merge into a row of B as A", "merge a row of B away as A", "merge in a row of B as A", "upsert the row of B as A",
                "upsert with B's key as A", "lock a row of B as A", "plant a row of B as A", "give an own row to B",
                "give an own row to B through a cursor", "copy a row out without a tenant",
                "copy the table out as A", "copy a row of B in as A"])
            Assert.Contains(name, through);
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }

    static async Task<HashSet<string>> ThroughAsync(string database)
    {
        var token = TestContext.Current.CancellationToken;
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(token);
        var surface = await Scout.LookAsync(connection, Hints.None, token);
        var tally = await new Assault(database, surface, new()).RunAsync(await Access.ReadAsync(connection, surface, token), token, token);
        return [.. tally.Breaches.SelectMany(static breach => breach.Through).Select(static hit => hit.Shot.Name)];
    }
}
