using System.Data;
using System.Diagnostics;
using Npgsql;

namespace Howdah.Client;

/// <summary>A batch with the context in front, used again and again: one statement of the user's costs no further object.</summary>
sealed class Front(ContextText texts)
{
    readonly ContextStatement context = new(texts);
    Execution? execution;

    /// <summary>Before one Sync, so that all of it is one implicit transaction: with error barriers the context would end before the
    /// statement.</summary>
    internal NpgsqlBatch Batch { get; } = new() { EnableErrorBarriers = false };

    /// <summary>What a statement is waited for with. More than one is needed only where one was given up without waiting.</summary>
    internal Execution Take() => Interlocked.Exchange(ref execution, null) ?? new();

    internal void GiveBack(Execution spare) => execution = spare;

    internal void Set(string tenant, TenantLimits limits) => context.Set(tenant, limits);

    /// <summary>Makes the batch one statement, behind the context or alone.</summary>
    internal void Arrange(bool front, NpgsqlBatchCommand statement)
    {
        Debug.Assert(!Batch.EnableErrorBarriers && statement.AppendErrorBarrier is not true);
        var list = Batch.BatchCommands;
        if (front)
        {
            if (list.Count == 2 && list[1] == statement && list[0] == context.Command)
                return;
            list.Clear();
            list.Add(context.Command);
            list.Add(statement);
        }
        else if (list.Count != 1 || list[0] != statement)
        {
            list.Clear();
            list.Add(statement);
        }
    }

    /// <summary>Makes the batch these statements, behind the context or alone.</summary>
    internal void Arrange(bool front, IEnumerable<NpgsqlBatchCommand> statements)
    {
        var list = Batch.BatchCommands;
        list.Clear();
        if (front)
            list.Add(context.Command);
        foreach (var statement in statements)
        {
            if (statement.AppendErrorBarrier is true)
                throw new InvalidOperationException("an error barrier would end the transaction, and the tenant's context with it");
            list.Add(statement);
        }
    }

    /// <summary>Puts the context in front of a command whose parameters have names; once, however often it is run.</summary>
    internal void PutInFront(NpgsqlCommand command)
    {
        if (command.CommandType != CommandType.Text || (command.Parameters.Count > 0 && command.Parameters[0].ParameterName.Length == 0))
            throw new NotSupportedException("the context can be put in front of text with named parameters only");
        context.PutInFront(command);
    }

    /// <summary>Makes the batch nothing but the context.</summary>
    internal void ArrangeContext()
    {
        Batch.BatchCommands.Clear();
        Batch.BatchCommands.Add(context.Command);
    }
}
