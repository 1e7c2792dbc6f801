using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>On a large database the lints run over two connections, and find what they find over one.</summary>
public sealed class Two_lanes
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Find_what_one_finds_also_where_there_is_room_for_one_only(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        var database = await server.CreateDatabaseAsync("lanes");
        await server.ExecuteAsync($$"""
            do $$
            begin
              for i in 1..35 loop
                execute format('create role lane_%s login', i);
              end loop;
              for i in 1..30 loop
                execute format('create table t%s (id int primary key, tenant_id int not null, parent int references t%1$s)', i);
                execute format('alter table t%s enable row level security', i);
                execute format('create policy floor on t%s using (tenant_id = '
                  '(select nullif(current_setting(''app.tenant_id'', true), '''')::int))', i);
                execute format('grant select, insert, update on t%s to public', i);
              end loop;
            end $$;
            create role lane_watch login bypassrls password 'watch';
            grant connect on database "{{database}}" to lane_watch;
            """, database);
        var watch = new NpgsqlConnectionStringBuilder(server.ConnectionString(database)) { Username = "lane_watch", Password = "watch" };
        var one = await LintsAsync(server.ConnectionString(database), connections: 1);
        Assert.Contains(one, static line => line.StartsWith("TEN-D01 Broken", StringComparison.Ordinal));
        Assert.Contains(one, static line => line.StartsWith("TEN-D02 Broken", StringComparison.Ordinal));
        Assert.Equal(one, await LintsAsync(server.ConnectionString(database), connections: 2));
        one = await LintsAsync(watch.ConnectionString, connections: 1);
        // By then the first connection is open, and there is no second.
        Assert.Equal(one, await LintsAsync(watch.ConnectionString, connections: 2, said =>
        {
            if (said == "read the catalogs")
                server.ExecuteAsync("alter role lane_watch nologin").GetAwaiter().GetResult();
        }));
        await server.StopAsync();
    }

    static async Task<List<string>> LintsAsync(string connection, int connections, Action<string>? progress = null)
    {
        var result = await Checker.CheckAsync(connection, new() { CatalogOnly = true, Connections = connections, Progress = progress },
            TestContext.Current.CancellationToken);
        return [.. result.Findings.Select(static each => $"{each.Attack.Id} {each.Verdict} {each.Target} {each.Evidence} {each.Fix}")];
    }
}
