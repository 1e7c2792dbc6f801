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
    readonly NpgsqlParameter<string> tenant = Text(null), statementTimeout = Text(null), lockTimeout = Text(null);
    readonly ContextText texts;

    internal ContextStatement(ContextText texts)
    {
        this.texts = texts;
        Command = new(texts.Plain) { AppendErrorBarrier = false };
        Command.Parameters.Add(tenant);
    }

    internal NpgsqlBatchCommand Command { get; }

    bool Limited => Command.Parameters.Count > 1;

    internal void Set(string value, TenantLimits limits)
    {
        tenant.TypedValue = value;
        var limited = limits.StatementTimeout is not null || limits.LockTimeout is not null;
        if (limited != Limited)
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

    /// <summary>The same as the first statement of a text with named parameters; once, however often that is run.</summary>
    internal void PutInFront(NpgsqlCommand command)
    {
        if (!IsInFront(command))
        {
            command.CommandText = (Limited ? texts.NamedLimited : texts.Named) + command.CommandText;
            command.Parameters.Add(Text(ContextText.Tenant));
            if (Limited)
            {
                command.Parameters.Add(Text(ContextText.StatementTimeout));
                command.Parameters.Add(Text(ContextText.LockTimeout));
            }
        }
        Copy(tenant, command, ContextText.Tenant);
        if (Limited)
        {
            Copy(statementTimeout, command, ContextText.StatementTimeout);
            Copy(lockTimeout, command, ContextText.LockTimeout);
        }
    }

    static bool IsInFront(NpgsqlCommand command) => command.Parameters.Contains(ContextText.Tenant);

    static void Copy(NpgsqlParameter<string> from, NpgsqlCommand command, string name) =>
        ((NpgsqlParameter<string>)command.Parameters[name]).TypedValue = from.TypedValue;

    static NpgsqlParameter<string> Text(string? name) => new() { ParameterName = name, NpgsqlDbType = NpgsqlDbType.Text, TypedValue = "" };

    static string? Milliseconds(TimeSpan? time) => time is { } some
        ? Math.Max(1, (long)some.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) : null;
}
