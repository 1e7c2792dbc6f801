using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Howdah.Client;

/// <summary>
/// The statement that stands in front: it sets tenant and limits until the end of the transaction, never of the session. Kept with a
/// connection and used again: only the parameters' values change.
/// </summary>
sealed class ContextStatement
{
    readonly NpgsqlParameter<string> tenant = Text();
    readonly NpgsqlParameter<string> statementTimeout = Text();
    readonly NpgsqlParameter<string> lockTimeout = Text();
    readonly ContextText texts;

    internal ContextStatement(ContextText texts)
    {
        this.texts = texts;
        Command = new(texts.Plain) { AppendErrorBarrier = false };
        Command.Parameters.Add(tenant);
    }

    internal NpgsqlBatchCommand Command { get; }

    internal void Set(string value, TenantLimits limits)
    {
        tenant.TypedValue = value;
        var limited = limits.StatementTimeout is not null || limits.LockTimeout is not null;
        if (limited != Command.Parameters.Count > 1)
        {
            Command.Parameters.Clear();
            Command.Parameters.Add(tenant);
            if (limited)
            {
                Command.Parameters.Add(statementTimeout);
                Command.Parameters.Add(lockTimeout);
            }
            Command.CommandText = limited ? texts.Limited : texts.Plain;
        }
        if (limited)
        {
            statementTimeout.TypedValue = Milliseconds(limits.StatementTimeout);
            lockTimeout.TypedValue = Milliseconds(limits.LockTimeout);
        }
    }

    static NpgsqlParameter<string> Text() => new() { NpgsqlDbType = NpgsqlDbType.Text, TypedValue = "" };

    // Null leaves the setting as it is; one of them alone is rare, so both share a text.
    static string? Milliseconds(TimeSpan? time) => time is { } some
        ? Math.Max(1, (long)some.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) : null;
}
