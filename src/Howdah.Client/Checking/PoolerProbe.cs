using Npgsql;

namespace Howdah.Client;

/// <summary>Whether something stands between that hands one client's session to another, and whether transactions get through
/// whole.</summary>
static class PoolerProbe
{
    const string Marker = "00000000-0000-4000-8000-000000000000";

    /// <returns>Whether a connection's process is the one that the client was told of, and stays.</returns>
    internal static async Task<bool> RunAsync(Places places, TenantDataSourceOptions options, List<string> findings,
        CancellationToken token)
    {
        await using var one = await Probe.OpenAsync(places, token).ConfigureAwait(false);
        await using var other = await Probe.OpenAsync(places, token).ConfigureAwait(false);
        var shared = await SharedAsync(one, other, token).ConfigureAwait(false);
        var leaks = await LeaksAsync(one, other, token).ConfigureAwait(false);
        if (options.Pooler == PoolerMode.None && (shared || leaks))
        {
            findings.Add("a pooler in transaction mode stands between: "
                + (leaks ? "a setting that one client left was found by another" : "two clients were served by one process of the server")
                + "; say Pooler = PoolerMode.Transaction if that is meant, and use no session state");
        }
        if (await SplitsAsync(one, other, options.Context, token).ConfigureAwait(false) is { } split)
            findings.Add(split);
        else if (shared && new NpgsqlConnectionStringBuilder(options.ConnectionString).MaxAutoPrepare > 0)
            await PreparedAsync(one, other, findings, token).ConfigureAwait(false);
        return !shared && options.Pooler == PoolerMode.None
            && await one.AskAsync<int>("select pg_catalog.pg_backend_pid()", token).ConfigureAwait(false) == one.Connection.ProcessID;
    }

    /// <summary>Whether a connection changes its server process, or has one that another connection has, too.</summary>
    static async Task<bool> SharedAsync(Probe one, Probe other, CancellationToken token)
    {
        var (ones, others) = (new HashSet<int>(), new HashSet<int>());
        for (var round = 0; round < 3; round++)
        {
            ones.Add(await one.AskAsync<int>("select pg_catalog.pg_backend_pid()", token).ConfigureAwait(false));
            others.Add(await other.AskAsync<int>("select pg_catalog.pg_backend_pid()", token).ConfigureAwait(false));
        }
        return ones.Count > 1 || others.Count > 1 || ones.Overlaps(others);
    }

    /// <summary>Leaves a setting under a name that nobody else has, and looks for it as another client.</summary>
    static async Task<bool> LeaksAsync(Probe one, Probe other, CancellationToken token)
    {
        var name = "howdah_probe.x" + await one.AskAsync<string>("select replace(pg_catalog.gen_random_uuid()::text, '-', '')", token)
            .ConfigureAwait(false);
        await one.AskAsync<string>("select pg_catalog.set_config($1, 'left', false)", token, name).ConfigureAwait(false);
        var leaks = false;
        for (var round = 0; round < 3 && !leaks; round++)
        {
            leaks = await other.AskAsync<string>("select pg_catalog.current_setting($1, true)", token, name).ConfigureAwait(
                false) == "left";
            if (leaks)
                await other.AskAsync<string>("select pg_catalog.set_config($1, '', false)", token, name).ConfigureAwait(false);
        }
        if (!leaks)
            await one.AskAsync<string>("select pg_catalog.set_config($1, '', false)", token, name).ConfigureAwait(false);
        return leaks;
    }

    /// <summary>Whether the context reaches the statement behind it, and ends with it.</summary>
    static async Task<string?> SplitsAsync(Probe one, Probe other, string context, CancellationToken token)
    {
        await using (var batch = new NpgsqlBatch(one.Connection))
        {
            batch.BatchCommands.Add(Command("select pg_catalog.set_config($1, $2, true)", context, Marker));
            batch.BatchCommands.Add(Command("select pg_catalog.current_setting($1, true)", context));
            await using var reader = await batch.ExecuteReaderAsync(token).ConfigureAwait(false);
            await reader.NextResultAsync(token).ConfigureAwait(false);
            await reader.ReadAsync(token).ConfigureAwait(false);
            if (reader.GetValue(0) is not Marker)
                return "the context does not reach the statement behind it: what stands between splits transactions";
        }
        foreach (var probe in (Probe[])[one, other])
        {
            if (await probe.AskAsync<string>("select pg_catalog.current_setting($1, true)", token, context).ConfigureAwait(false) == Marker)
                return "the context outlives its transaction: what stands between changes what it is for";
        }
        return null;
    }

    /// <summary>Whether a statement that one client prepared is there when its next transaction runs in another server process.</summary>
    static async Task PreparedAsync(Probe one, Probe other, List<string> findings, CancellationToken token)
    {
        try
        {
            await using var command = new NpgsqlCommand("select 1 as howdah_probe", one.Connection) { CommandTimeout = 3 };
            await command.PrepareAsync(token).ConfigureAwait(false);
            await using var busy = await other.Connection.BeginTransactionAsync(token).ConfigureAwait(false);
            await other.AskAsync<int>("select 1", token).ConfigureAwait(false);
            await command.ExecuteScalarAsync(token).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidSqlStatementName
            or PostgresErrorCodes.DuplicatePreparedStatement)
        {
            findings.Add("`Max Auto Prepare`: the pooler loses prepared statements (PgBouncer before 1.21 does): do without");
        }
        catch (NpgsqlException e) when (e.InnerException is TimeoutException)
        {
            // The pooler has a single connection, which the other transaction holds: nothing can be lost there.
        }
    }

    static NpgsqlBatchCommand Command(string sql, params string[] arguments)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var argument in arguments)
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = argument });
        return command;
    }
}
