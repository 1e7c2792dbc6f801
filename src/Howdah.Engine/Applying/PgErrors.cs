using Npgsql;

namespace Howdah.Engine.Applying;

/// <summary>Which of the server's errors may be tried again, and how they are told.</summary>
static class PgErrors
{
    /// <summary>A lock was not to be had in time.</summary>
    internal static bool IsLock(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected;

    /// <summary>
    /// Two sessions changed the same catalog row. PostgreSQL does not queue such changes: it fails one, as XX000 for tables and schemas, as
    /// a unique
    /// violation on a catalog's index for roles, settings and functions. Both go away when tried again.
    /// </summary>
    internal static bool IsCatalogRace(PostgresException e) =>
        e.SqlState == PostgresErrorCodes.SerializationFailure
        || (e.SqlState == PostgresErrorCodes.InternalError && e.MessageText.Contains("tuple concurrently", StringComparison.Ordinal))
        || (e.SqlState == PostgresErrorCodes.UniqueViolation && e.SchemaName == "pg_catalog")
        || (e.SqlState == PostgresErrorCodes.ObjectInUse && e.MessageText.Contains("source database", StringComparison.Ordinal));

    /// <summary>The connection is gone, and with it the knowledge of what the server did.</summary>
    internal static bool IsLost(Exception e) => e switch
    {
        PostgresException server => server.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.CannotConnectNow || server.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException => true,
        IOException or System.Net.Sockets.SocketException or TimeoutException or ObjectDisposedException => true,
        _ => false,
    };

    /// <summary>The server's error as one sentence.</summary>
    internal static string Tell(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } server =>
            $"the server's disk is full ({server.MessageText}): free room and run again",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } server =>
            $"the role that applies lacks a privilege: {server.MessageText}",
        _ when IsLost(e) => $"the connection to the server was lost or is not to be had ({Innermost(e)})",
        PostgresException server => $"{server.MessageText} (SQLSTATE {server.SqlState}){(server.Hint is null ? "" : $"; {server.Hint}")}",
        _ => e.Message,
    };

    // "Exception while reading from stream" says less than what it wraps.
    static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return (e is PostgresException server ? server.MessageText : e.Message).TrimEnd('.');
    }
}
