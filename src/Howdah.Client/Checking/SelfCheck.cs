using Npgsql;

namespace Howdah.Client;

/// <summary>
/// Looks before the first statement whether the server would keep tenants apart for this login, and whether what stands between really
/// lets a transaction be one.
/// </summary>
static class SelfCheck
{
    internal static async Task RunAsync(TenantDataSource source, CancellationToken token)
    {
        var options = source.Options;
        var findings = new List<string>();
        Connection(new(options.ConnectionString), options, findings);
        if (findings.Count == 0)
        {
            await RoleAsync(source.Places, options, findings, token).ConfigureAwait(false);
            var own = await PoolerProbe.RunAsync(source.Places, options, findings, token).ConfigureAwait(false);
            if (source.Signature is { } signature)
                signature.Bound = own;
        }
        if (findings.Count > 0)
            throw new TenancyCheckException(findings);
    }

    /// <summary>What the connection string says that cannot be.</summary>
    static void Connection(NpgsqlConnectionStringBuilder settings, TenantDataSourceOptions options, List<string> findings)
    {
        if (settings.Multiplexing)
            findings.Add("`Multiplexing` mixes the statements of several tenants on one connection: take it out of the connection string");
        if (!settings.Pooling)
            findings.Add("`Pooling=false` makes a connection for every statement: take it out of the connection string");
        if (settings.NoResetOnClose && options.Pooler == PoolerMode.None)
        {
            findings.Add("`No Reset On Close` hands one tenant's session settings and temporary tables to the next: take it out of the"
                + " connection string, or say Pooler = PoolerMode.Transaction where a pooler stands between");
        }
    }

    static async Task RoleAsync(Places places, TenantDataSourceOptions options, List<string> findings, CancellationToken token)
    {
        await using var probe = await Probe.OpenAsync(places, token).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(await TextAsync(token).ConfigureAwait(false), probe.Connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = options.Context });
        await using var rows = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
        var login = probe.Connection.UserName;
        while (await rows.ReadAsync(token).ConfigureAwait(false))
        {
            var (which, more) = (rows.GetString(1), rows.GetInt64(2) - 1);
            var all = more > 0 ? $"{which} and {more} more" : which;
            findings.Add(rows.GetString(0) switch
            {
                "superuser" => $"{login} is a superuser, whom no policy holds: log in as the application's own role",
                "bypasses" => $"{login} has BYPASSRLS, so that no policy holds it: `alter role {login} nobypassrls`",
                "member" => $"{login} can become {all}, whom no policy holds: revoke that membership",
                "owner" => $"{login} owns tenants' tables ({all}) or can become their owner, and could take the policy off: give them"
                    + " to a role that nobody logs in as",
                "dormant" => $"policies of {all} are switched off: `alter table … enable row level security`",
                _ => $"a session begins with a tenant ('{which}'): `alter role {login} reset {options.Context}`, or of the database",
            });
        }
    }

    static async Task<string> TextAsync(CancellationToken token)
    {
        await using var stream = typeof(SelfCheck).Assembly.GetManifestResourceStream("Howdah.Client.Checking.Sql.self.sql")!;
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(token).ConfigureAwait(false);
    }
}
