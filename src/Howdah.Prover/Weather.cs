using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Prover;

/// <summary>What the server, and the way to it, let a check do.</summary>
/// <param name="Standby">Whether the server replays another's changes and takes no writes.</param>
/// <param name="ReadOnly">Whether transactions are read-only unless a session says otherwise.</param>
/// <param name="Pooled">Whether a pooler stands between, so that a setting of the session would reach others.</param>
sealed record Weather(bool Standby, bool ReadOnly, bool Pooled)
{
    /// <summary>The oldest major version whose catalogs and policies the attacks know.</summary>
    const int Oldest = 15;

    // What a server says to whoever writes in a transaction that may only read.
    const string Refused = $"(SQLSTATE {PostgresErrorCodes.ReadOnlySqlTransaction})";

    internal static async Task<Weather> ReadAsync(NpgsqlConnection connection, CancellationToken token)
    {
        if (connection.PostgreSqlVersion.Major < Oldest)
            throw new ServerUnavailableException($"the server is PostgreSQL {connection.PostgreSqlVersion}; howdah checks {Oldest} and "
                + $"later, "
                + "whose catalogs its attacks are made for: upgrade it, or check a copy that was restored on a later version");
        await using var ask = new NpgsqlCommand("select pg_catalog.pg_is_in_recovery(), "
            + "pg_catalog.current_setting('default_transaction_read_only') = 'on', pg_catalog.pg_backend_pid()", connection);
        var (standby, readOnly, process) = await RowAsync(ask, token);
        // A pooler gives a number of its own for the process, or another process for another transaction.
        var (_, _, later) = await RowAsync(ask, token);
        return new(standby, readOnly, process != connection.ProcessID || later != process);
    }

    /// <summary>What limits the check, in sentences.</summary>
    internal IEnumerable<string> Notes
    {
        get
        {
            if (Standby)
                yield return "the server is a standby: rows that are there were read, nothing was written; what writes was not run "
                    + "(check the "
                    + "primary)";
            else if (ReadOnly)
                yield return Pooled ? "default_transaction_read_only is on, and behind a pooler it was left so: what writes was not run"
                    : "default_transaction_read_only is on: any session can turn it off, and this one did; all was rolled back";
            if (Pooled)
                yield return "a pooler stands between this check and the server: nothing was set for the session, only inside "
                    + "transactions; "
                    + "for what clients share behind it give the server's own address and this one as --pooled";
        }
    }

    /// <summary>The way in with which writes can be tried and rolled back: turned on for the session, as an intruder would.</summary>
    internal string? Unlock(NpgsqlConnectionStringBuilder way) => !ReadOnly || Standby || Pooled ? null
        : new NpgsqlConnectionStringBuilder(way.ConnectionString)
        {
            Options = $"{way.Options} -c default_transaction_read_only=off".Trim(),
        }.ConnectionString;

    /// <summary>A write that the server took from nobody was no attack.</summary>
    internal Finding Settle(Finding finding) => (Standby || ReadOnly) && finding.Verdict == Verdict.Inconclusive
        && finding.Evidence.EndsWith(Refused, StringComparison.Ordinal)
        ? finding with { Verdict = Verdict.NotRun, Evidence = "it writes, and the server takes no writes" } : finding;

    static async Task<(bool Standby, bool ReadOnly, int Process)> RowAsync(NpgsqlCommand ask, CancellationToken token)
    {
        await using var row = await ask.ExecuteReaderAsync(token);
        await row.ReadAsync(token);
        return (row.GetBoolean(0), row.GetBoolean(1), row.GetInt32(2));
    }
}
