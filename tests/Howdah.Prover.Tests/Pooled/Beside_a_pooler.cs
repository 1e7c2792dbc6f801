using Howdah.Engine.Proving;
using Howdah.Prover.Pooled;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Prover.Tests.Pooled;

/// <summary>What a verdict means to an application, what stays of an attack, and what becomes of it in bad weather.</summary>
public sealed class Beside_a_pooler
{
    const string Transactions = "pool_mode=transaction";
    const string One = "default_pool_size=1";

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Without_a_pooler_nothing_is_shared_and_it_says_so(int major)
    {
        var shop = await Shop.OpenAsync(major);
        var direct = new NpgsqlConnectionStringBuilder(shop.Server.ConnectionString(shop.Database))
            { Username = Shop.Role, Password = Shop.Password };
        var findings = await shop.AttackAsync(direct.ConnectionString);
        Assert.All(findings, static finding =>
        {
            Assert.Equal(Verdict.Held, finding.Verdict);
            Assert.StartsWith("there is no pooler on this way", finding.Evidence, StringComparison.Ordinal);
        });
        Assert.Equal(PoolerAttacks.All.Count, findings.Count);
    }

    [Fact]
    public async Task A_pooler_that_does_not_show_is_not_taken_for_none()
    {
        var shop = await Shop.OpenAsync(18);
        using var pooler = new HoardingPooler(shop.Server.Port);
        var way = new NpgsqlConnectionStringBuilder(shop.Server.ConnectionString(shop.Database))
            { Port = pooler.Port, Username = Shop.Role, Password = Shop.Password };
        Assert.All(await shop.AttackAsync(way.ConnectionString),
            static finding => Assert.NotEqual(Verdict.Held, finding.Verdict));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Who_keeps_nothing_in_sessions_lives_with_it_once_temporary_tables_are_revoked(int major)
    {
        var shop = await Shop.OpenAsync(major);
        await using var pooler = await shop.PoolAsync(Transactions, One);
        var options = new PoolerOptions { TransactionScopedOnly = true };
        var findings = await shop.AttackAsync(shop.Through(pooler), options);
        var broken = Assert.Single(findings, static finding => finding.Verdict == Verdict.Broken);
        Assert.Equal("TEN-E07P", broken.Attack.Id);
        Assert.All(findings, static finding => Assert.True(finding.Verdict is Verdict.Broken or Verdict.Residual, finding.Evidence));
        await shop.Server.ExecuteAsync(broken.Fix!, shop.Database);
        var after = await shop.AttackAsync(shop.Through(pooler), options);
        Assert.DoesNotContain(after, static finding => finding.Verdict is Verdict.Broken or Verdict.Inconclusive);
        Assert.Equal(Verdict.Held, Assert.Single(after, static finding => finding.Attack.Id == "TEN-E07P").Verdict);
        // A real sequence is left alone unless somebody says otherwise.
        Assert.Equal(Verdict.NotRun, Assert.Single(after, static finding => finding.Attack.Id == "TEN-E09P").Verdict);
        var intrusive = await shop.AttackAsync(shop.Through(pooler), options with { Intrusive = true });
        Assert.True(Assert.Single(intrusive, static finding => finding.Attack.Id == "TEN-E09P").Verdict == Verdict.Residual,
            Shop.Told(intrusive));
        Assert.Contains("app.tenant_id", Assert.Single(intrusive, static finding => finding.Attack.Id == "TEN-E01").Evidence,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_that_was_really_left_breaks_whatever_is_declared_and_a_default_does_not()
    {
        var shop = await Shop.OpenAsync(18);
        await using var pooler = await shop.PoolAsync(Transactions, One);
        var options = new PoolerOptions { TransactionScopedOnly = true };
        await shop.Server.ExecuteAsync($"alter role {Shop.Role} in database \"{shop.Database}\" set app.tenant_id = 'one of them'");
        var declared = await shop.AttackAsync(shop.Through(pooler), options);
        Assert.Equal(Verdict.Residual, declared[0].Verdict);
        await ExecuteAsync(shop.Through(pooler), "set app.tenant_id = 'somebody else'");
        var left = await shop.AttackAsync(shop.Through(pooler), options);
        Assert.Equal(Verdict.Broken, left[0].Verdict);
        Assert.Contains("a client that had set nothing found a value in app.tenant_id", left[0].Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("somebody else", Shop.Told(left), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_can_become_nobody_is_nobody_else_for_the_next_client()
    {
        var shop = await Shop.OpenAsync(18);
        await using var pooler = await shop.PoolAsync(Transactions, One);
        const string Lone = "pooled_lone";
        await shop.Server.ExecuteAsync($"create role {Lone} login password '{Shop.Password}'; "
            + $"grant connect on database \"{shop.Database}\" to {Lone}");
        await using var other = await TestPooler.StartAsync(shop.Server, new Dictionary<string, string> { [Lone] = Shop.Password },
            Transactions, One);
        var findings = await shop.AttackAsync(other.ConnectionString(shop.Database, Lone, Shop.Password));
        Assert.Equal(Verdict.Held, Assert.Single(findings, static finding => finding.Attack.Id == "TEN-E15P").Verdict);
        Assert.Equal(Verdict.Broken, findings[0].Verdict);
    }

    /// <summary>What others keep on the server connection is theirs: DISCARD ALL would have cleaned up, too.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Nothing_of_ours_stays_and_nothing_of_others_goes(int major)
    {
        var shop = await Shop.OpenAsync(major);
        await using var pooler = await shop.PoolAsync(Transactions, One);
        await ExecuteAsync(shop.Through(pooler), """
            set search_path = shop, "a b"; set app.color = 'red'; prepare theirs as select 1; select pg_advisory_lock(4711); listen theirs;
            create temporary table theirs (n int); declare theirs cursor with hold for select 1
            """);
        var before = await StateAsync(shop, pooler);
        Assert.Contains("theirs", before, StringComparison.Ordinal);
        var rows = await shop.Server.ScalarAsync<string>(Contents, shop.Database);
        await using (var pool = new Pool(shop.Through(pooler), 3))
        {
            await pool.FindOutAsync(CancellationToken.None);
            Assert.Equal(Sharing.Interleaved, pool.Sharing);
            var stage = new Stage(pool, await shop.LookAsync(), new(), new("0123456789ab", 815));
            // All but those that leave in the middle, after which the pooler ends the server connection with everything on it.
            List<Finding> findings = [await ContextAttacks.SessionAsync(stage, default), await ContextAttacks.LocalAsync(stage, default),
                await SequenceAttack.RunAsync(stage, default)];
            foreach (var residue in Residues.Of(stage))
                findings.Add(await stage.RunAsync(residue, default));
            Assert.True(findings.All(static finding => finding.Verdict == Verdict.Broken), Shop.Told(findings));
        }
        Assert.Equal(before, await StateAsync(shop, pooler));
        await shop.AttackAsync(shop.Through(pooler));
        Assert.Equal(rows, await shop.Server.ScalarAsync<string>(Contents, shop.Database));
    }

    [Fact]
    public async Task Stopped_at_any_moment_nothing_of_it_stays()
    {
        var shop = await Shop.OpenAsync(18);
        await using var pooler = await shop.PoolAsync(Transactions, One);
        var before = await StateAsync(shop, pooler);
        var stopped = 0;
        for (var milliseconds = 5; milliseconds < 500; milliseconds += 45)
        {
            using var stop = new CancellationTokenSource();
            var options = new PoolerOptions { Progress = text =>
            {
                if (text.StartsWith("TEN-", StringComparison.Ordinal) && !stop.IsCancellationRequested)
                    stop.CancelAfter(milliseconds);
            } };
            try
            {
                await shop.AttackAsync(shop.Through(pooler), options, stop.Token);
            }
            catch (OperationCanceledException)
            {
                stopped++;
            }
            Assert.Equal(before, await StateAsync(shop, pooler));
        }
        Assert.True(stopped > 0);
    }

    [Theory]
    [InlineData("TEN-E10")]
    [InlineData("TEN-E11P")]
    public async Task Stopped_while_it_holds_a_lock_it_frees_it(string attack)
    {
        var shop = await Shop.OpenAsync(18);
        await using var pooler = await shop.PoolAsync(Transactions, One);
        var before = await StateAsync(shop, pooler);
        var stopped = 0;
        for (var milliseconds = 1; milliseconds < 160; milliseconds += 20)
        {
            using var stop = new CancellationTokenSource();
            var options = new PoolerOptions { Progress = text =>
            {
                if (text.StartsWith(attack, StringComparison.Ordinal))
                    stop.CancelAfter(milliseconds);
            } };
            try
            {
                await shop.AttackAsync(shop.Through(pooler), options, stop.Token);
            }
            catch (OperationCanceledException)
            {
                stopped++;
            }
            Assert.Equal(before, await StateAsync(shop, pooler));
        }
        Assert.True(stopped > 0);
    }

    [Fact]
    public async Task A_full_pool_and_a_wrong_way_are_inconclusive()
    {
        var shop = await Shop.OpenAsync(18);
        await using var pooler = await shop.PoolAsync(Transactions, One);
        var way = new NpgsqlConnectionStringBuilder(shop.Through(pooler));
        await Inconclusive(shop, new NpgsqlConnectionStringBuilder(way.ConnectionString) { Password = "not-the-secret" }, "did not work");
        await Inconclusive(shop, new NpgsqlConnectionStringBuilder(way.ConnectionString) { Port = 1 }, "did not work");
        await Inconclusive(shop, new NpgsqlConnectionStringBuilder(way.ConnectionString) { Database = "postgres" },
            "leads to the database postgres");
        await using (var busy = new NpgsqlConnection(way.ConnectionString))
        {
            await busy.OpenAsync();
            await using var open = await busy.BeginTransactionAsync();
            await using var command = new NpgsqlCommand("select 1", busy, open);
            await command.ExecuteNonQueryAsync();
            await Inconclusive(shop, way, "no server connection to give");
        }
        await using var statements = await shop.PoolAsync("pool_mode=statement", One);
        await Inconclusive(shop, new(shop.Through(statements)), "statement pooling");
    }

    [Fact]
    public async Task A_pool_that_hands_out_connections_round_robin_is_never_taken_for_safe()
    {
        var shop = await Shop.OpenAsync(18);
        await using var pooler = await shop.PoolAsync(Transactions, "default_pool_size=12", "min_pool_size=12", "server_round_robin=1");
        var findings = await shop.AttackAsync(shop.Through(pooler));
        Assert.DoesNotContain(findings, static finding => finding.Verdict == Verdict.Held && finding.Attack.Id != "TEN-E10");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Who_gets_the_open_or_failed_transaction_of_another_is_told(int major)
    {
        var shop = await Shop.OpenAsync(major);
        await using var pooler = await shop.PoolNaivelyAsync();
        var way = new NpgsqlConnectionStringBuilder(shop.Server.ConnectionString(shop.Database)) { Port = pooler.Port };
        var findings = await shop.AttackAsync(way.ConnectionString, new() { TransactionScopedOnly = true });
        var disturbed = Assert.Single(findings, static finding => finding.Attack.Id == "TEN-E10");
        Assert.True(disturbed.Verdict == Verdict.Broken, Shop.Told(findings));
        Assert.Contains("was in the first one's transaction, with its context (the first one's transaction was left in the middle)",
            disturbed.Evidence, StringComparison.Ordinal);
        Assert.Contains("whose transaction had failed already (the first one's transaction failed and was left)", disturbed.Evidence,
            StringComparison.Ordinal);
        Assert.DoesNotContain(findings, static finding => finding.Verdict is Verdict.Inconclusive or Verdict.Held);
    }

    [Fact]
    public async Task A_check_goes_through_the_pooler_where_it_is_told_the_way()
    {
        var shop = await Shop.OpenAsync(18);
        await using var pooler = await shop.PoolAsync(Transactions, One);
        var result = await Checker.CheckAsync(shop.Server.ConnectionString(shop.Database), new() { Pooled = shop.Through(pooler) },
            TestContext.Current.CancellationToken);
        Assert.Contains(result.Findings, static finding => finding is { Attack.Id: "TEN-E01", Verdict: Verdict.Broken });
        Assert.Subset(Checker.Attacks.Select(static attack => attack.Id).ToHashSet(),
            PoolerAttacks.All.Select(static attack => attack.Id).ToHashSet());
    }

    static async Task Inconclusive(Shop shop, NpgsqlConnectionStringBuilder way, string why)
    {
        var findings = await shop.AttackAsync(way.ConnectionString);
        Assert.All(findings, finding =>
        {
            Assert.Equal(Verdict.Inconclusive, finding.Verdict);
            Assert.Contains(why, finding.Evidence, StringComparison.Ordinal);
            Assert.DoesNotContain(way.Password!, finding.Evidence, StringComparison.Ordinal);
        });
        Assert.Equal(PoolerAttacks.All.Count, findings.Count);
    }

    // All that a session holds, as its next client sees it.
    static async Task<string> StateAsync(Shop shop, TestPooler pooler)
    {
        await using var connection = new NpgsqlConnection(shop.Through(pooler));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("""
            select concat_ws(E'\n', current_setting('search_path'), current_setting('role'),
              coalesce(current_setting('howdah.probe', true), ''),
              coalesce(current_setting('app.color', true), ''), coalesce(current_setting('app.tenant_id', true), ''),
              current_setting('statement_timeout'), current_setting('lock_timeout'),
              (select string_agg(name, ' ' order by name) from pg_prepared_statements),
              (select string_agg(name, ' ' order by name) from pg_cursors where name <> ''),
              (select string_agg(channel, ' ' order by channel) from pg_listening_channels() channel),
              (select string_agg(relname, ' ' order by relname) from pg_class where relpersistence = 't'),
              (select string_agg(objid::text, ' ' order by objid) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()))
            """, connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    const string Contents = """
        select md5(string_agg(t::text, '' order by t::text)) from (select tenant_id, id::text from shop.customers
          union all select tenant_id, id::text from shop.orders union all
          select null, format('%s %s %s', schemaname, sequencename, last_value)
          from pg_sequences where schemaname = 'shop') t
        """;

    static async Task ExecuteAsync(string way, string sql)
    {
        await using var connection = new NpgsqlConnection(way);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
