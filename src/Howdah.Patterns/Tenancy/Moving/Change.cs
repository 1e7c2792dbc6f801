using Howdah.Engine.Planning;
using NpgsqlTypes;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>What happened at the source.</summary>
enum ChangeKind
{
    /// <summary>A transaction that touched the tenant's tables begins.</summary>
    Begin,
    /// <summary>A row was inserted, or came into the filter.</summary>
    Insert,
    /// <summary>A row was updated.</summary>
    Update,
    /// <summary>A row was deleted, or left the filter.</summary>
    Delete,
    /// <summary>A table was emptied: for all tenants, so for this one too.</summary>
    Truncate,
    /// <summary>A message of the mover's own: all that was committed before it has been sent.</summary>
    Marker,
    /// <summary>The transaction ended; <see cref="Change.At"/> is where it ends in the log.</summary>
    Commit,
}

/// <summary>One value of a row in its text form.</summary>
/// <param name="Text">The text; null is NULL.</param>
/// <param name="Kept">The value is stored apart (TOAST) and was not changed, so it was not sent: the target keeps its own.</param>
readonly record struct Cell(string? Text, bool Kept = false);

/// <summary>A table as the stream describes it, before the first row that has this form.</summary>
/// <param name="Name">Its name at the source.</param>
/// <param name="Columns">Its columns, without generated ones.</param>
/// <param name="Key">Which of them tell rows apart in an old row.</param>
/// <param name="Full">Whether old rows are sent whole (REPLICA IDENTITY FULL), so that every column counts as key.</param>
sealed record Relation(QName Name, IReadOnlyList<string> Columns, IReadOnlyList<bool> Key, bool Full);

/// <summary>One event of the stream, copied out of the reader's buffers.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Table">To which table.</param>
/// <param name="Old">The old row where it was sent: only the key of it, unless the relation is full.</param>
/// <param name="New">The new row.</param>
/// <param name="At">Where in the log.</param>
/// <param name="Marker">The text of a marker.</param>
sealed record Change(ChangeKind Kind, Relation? Table = null, IReadOnlyList<Cell>? Old = null, IReadOnlyList<Cell>? New = null,
    NpgsqlLogSequenceNumber At = default, string? Marker = null);
