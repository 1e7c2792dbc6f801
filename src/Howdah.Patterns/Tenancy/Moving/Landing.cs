using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>
/// Applies what the stream says at the target, in the source's commit order. Whole transactions of the source, one or several in one of the
/// target; never half of one. An update or delete that does not find exactly its row stops the move: the copy would not be one.
/// </summary>
/// <param name="target">A connection that works in the target.</param>
/// <param name="sql">Makes the statements.</param>
/// <param name="position">Where it is written down how far the target is.</param>
/// <param name="touched">Which rows were changed since the copy.</param>
/// <param name="markers">Who waits for what.</param>
sealed class Landing(NpgsqlConnection target, ChangeSql sql, Position position, TouchedRows touched, Markers markers)
{
    const int Batch = 500;
    const int Enough = 5_000;

    readonly List<ChangeStatement> waiting = [];
    readonly List<string> passed = [];
    NpgsqlTransaction? transaction;
    long changes;
    long taken;
    long done;

    /// <summary>How many events are behind us, with nothing of them under way.</summary>
    internal long Done => Interlocked.Read(ref done);

    /// <summary>Where the target is.</summary>
    internal NpgsqlLogSequenceNumber At { get; private set; }

    /// <summary>How many changes were applied.</summary>
    internal long Applied { get; private set; }

    /// <summary>Applies until the channel ends.</summary>
    internal async Task RunAsync(NpgsqlLogSequenceNumber from, ChannelReader<Change> stream, Action<NpgsqlLogSequenceNumber> confirm,
        CancellationToken token)
    {
        At = from;
        var skip = false;
        await foreach (var change in stream.ReadAllAsync(token))
        {
            taken++;
            switch (change.Kind)
            {
                case ChangeKind.Begin:
                    // Its end lies behind its last record, so what ends at or before our place is here already.
                    skip = change.At < At;
                    break;
                case ChangeKind.Commit when skip:
                    break;
                case ChangeKind.Commit:
                    At = change.At;
                    if (changes >= Enough || !stream.TryPeek(out _))
                        await CommitAsync(confirm, token);
                    break;
                case ChangeKind.Marker:
                    passed.Add(change.Marker!);
                    break;
                case var _ when !skip:
                    await AddAsync(change, token);
                    break;
            }
            if (change.Kind == ChangeKind.Commit && transaction is null)
                Interlocked.Exchange(ref done, taken);
        }
    }

    async Task AddAsync(Change change, CancellationToken token)
    {
        if (sql.For(change) is { } statement)
            waiting.Add(statement);
        touched.Note(sql, change);
        changes++;
        if (waiting.Count >= Batch)
            await SendAsync(null, token);
    }

    async Task CommitAsync(Action<NpgsqlLogSequenceNumber> confirm, CancellationToken token)
    {
        await SendAsync(position.Advance(At, changes), token);
        await transaction!.CommitAsync(token);
        await transaction.DisposeAsync();
        transaction = null;
        Applied += changes;
        changes = 0;
        confirm(At);
        foreach (var marker in passed)
            markers.Passed(marker);
        passed.Clear();
    }

    async Task SendAsync(NpgsqlBatchCommand? last, CancellationToken token)
    {
        transaction ??= await target.BeginTransactionAsync(token);
        await using var batch = new NpgsqlBatch(target, transaction);
        foreach (var statement in waiting)
        {
            var command = new NpgsqlBatchCommand(statement.Text);
            foreach (var value in statement.Values)
                command.Parameters.Add(new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown });
            batch.BatchCommands.Add(command);
        }
        if (last is not null)
            batch.BatchCommands.Add(last);
        if (batch.BatchCommands.Count == 0)
            return;
        await batch.ExecuteNonQueryAsync(token);
        for (var i = 0; i < waiting.Count; i++)
            if (waiting[i].One && batch.BatchCommands[i].RecordsAffected != 1)
                throw new MoveException(
                    $"the copy and its source have come apart: a change found {batch.BatchCommands[i].RecordsAffected} rows "
                    + $"where it must find one ({waiting[i].Text}); abort the move (--abort) and begin again");
        waiting.Clear();
    }
}
