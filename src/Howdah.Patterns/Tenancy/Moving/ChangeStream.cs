using System.Threading.Channels;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;
using NpgsqlTypes;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>Reads a slot and hands on what it says, in the source's commit order.</summary>
/// <param name="source">Where the slot is.</param>
/// <param name="slot">The slot, and the publication of the same name.</param>
sealed class ChangeStream(Side source, string slot) : IAsyncDisposable
{
    /// <summary>The prefix of the mover's own messages in the log.</summary>
    internal const string Prefix = "howdah.move";

    readonly LogicalReplicationConnection connection = new(source.PinnedString) { WalReceiverStatusInterval = TimeSpan.FromSeconds(3) };
    readonly Dictionary<uint, Relation> relations = [];
    long handed;

    /// <summary>Reads until cancelled or until the connection is lost.</summary>
    /// <param name="from">Where the target stands.</param>
    /// <param name="changes">Where the events go; waits while it is full.</param>
    /// <param name="token">Cancels.</param>
    internal async Task ReadAsync(NpgsqlLogSequenceNumber from, ChannelWriter<Change> changes, CancellationToken token)
    {
        await connection.Open(token);
        // Version 1: whole transactions after their commit. Their rows are passed on as they come, so a large one costs no memory here.
        var options = new PgOutputReplicationOptions(slot, PgOutputProtocolVersion.V1, binary: false, messages: true);
        await foreach (var message in connection.StartReplication(new PgOutputReplicationSlot(slot), options, token, from))
        {
            if (message is TruncateMessage truncate)
                foreach (var table in truncate.Relations)
                    await HandAsync(new(ChangeKind.Truncate, relations[table.RelationId]), changes, token);
            else if (await ReadAsync(message, token) is { } change)
                await HandAsync(change, changes, token);
        }
    }

    /// <summary>How many events were handed on; counted before they are.</summary>
    internal long Handed => Interlocked.Read(ref handed);

    /// <summary>How far the source's log has been read, other people's changes included.</summary>
    internal NpgsqlLogSequenceNumber Received => connection.LastReceivedLsn;

    /// <summary>Tells the source that everything before a place is safe at the target, so that it need not keep the log.</summary>
    internal void Confirm(NpgsqlLogSequenceNumber at) => connection.SetReplicationStatus(at);

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    async Task HandAsync(Change change, ChannelWriter<Change> changes, CancellationToken token)
    {
        Interlocked.Increment(ref handed);
        await changes.WriteAsync(change, token);
    }

    async Task<Change?> ReadAsync(PgOutputReplicationMessage message, CancellationToken token)
    {
        switch (message)
        {
            case BeginMessage begin:
                return new(ChangeKind.Begin, At: begin.TransactionFinalLsn);
            case CommitMessage commit:
                return new(ChangeKind.Commit, At: commit.TransactionEndLsn);
            case RelationMessage relation:
                relations[relation.RelationId] = Read(relation);
                return null;
            case InsertMessage insert:
                return new(ChangeKind.Insert, relations[insert.Relation.RelationId], New: await RowAsync(insert.NewRow, token));
            case FullUpdateMessage update:
                var full = await RowAsync(update.OldRow, token);
                return new(ChangeKind.Update, relations[update.Relation.RelationId], full, await RowAsync(update.NewRow, token));
            case IndexUpdateMessage update:
                var key = await RowAsync(update.Key, token);
                return new(ChangeKind.Update, relations[update.Relation.RelationId], key, await RowAsync(update.NewRow, token));
            case DefaultUpdateMessage update:
                return new(ChangeKind.Update, relations[update.Relation.RelationId], New: await RowAsync(update.NewRow, token));
            case FullDeleteMessage delete:
                return new(ChangeKind.Delete, relations[delete.Relation.RelationId], await RowAsync(delete.OldRow, token));
            case KeyDeleteMessage delete:
                return new(ChangeKind.Delete, relations[delete.Relation.RelationId], await RowAsync(delete.Key, token));
            case LogicalDecodingMessage text:
                using (var reader = new StreamReader(text.Data))
                {
                    var content = await reader.ReadToEndAsync(token);
                    return text.Prefix == Prefix ? new(ChangeKind.Marker, At: text.MessageLsn, Marker: content) : null;
                }
            default:
                return null; // types and origins: nothing to do
        }
    }

    static Relation Read(RelationMessage relation) => new(new(relation.Namespace, relation.RelationName),
        [.. relation.Columns.Select(column => column.ColumnName)],
        [.. relation.Columns.Select(column => column.Flags.HasFlag(RelationMessage.Column.ColumnFlags.PartOfKey))],
        relation.ReplicaIdentity == RelationMessage.ReplicaIdentitySetting.AllColumns);

    static async Task<IReadOnlyList<Cell>> RowAsync(ReplicationTuple row, CancellationToken token)
    {
        var cells = new List<Cell>(row.NumColumns);
        await foreach (var value in row.WithCancellation(token))
            cells.Add(value.Kind switch
            {
                TupleDataKind.Null => new(null),
                TupleDataKind.UnchangedToastedValue => new(null, Kept: true),
                _ => new(await value.Get<string>(token)),
            });
        return cells;
    }
}
