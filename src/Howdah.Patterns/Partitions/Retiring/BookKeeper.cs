using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>
/// Whoever keeps books of a table's rows is told of partitions that go and come back: a procedure <c>retire_TABLE</c> beside the table,
/// which runs as the table's owner. What two patterns must agree on is agreed in the database.
/// </summary>
static class BookKeeper
{
    static readonly CatalogQuery Find = CatalogQuery.Load(typeof(BookKeeper), "book_keeper.sql");

    /// <summary>Whether there is one.</summary>
    internal static async Task<bool> IsThereAsync(Work work, QName parent, CancellationToken token) =>
        (await work.ReadAsync(Find, static row => row.GetBoolean(0), token, parent.ToString())).Count > 0;

    /// <summary>Tells it, in the transaction that is under way.</summary>
    /// <param name="work">The connection.</param>
    /// <param name="parent">The table.</param>
    /// <param name="phase">
    /// <c>begin</c>: noted, not detached yet. <c>end</c>: detached, its rows are there for the last time. <c>lost</c>: somebody dropped it
    /// before. <c>back</c>: attached again.
    /// </param>
    /// <param name="leaf">The partition; null where there is none any more.</param>
    /// <param name="id">The retirement; 0 for one that is not known.</param>
    /// <param name="low">Its lower bound; null for the beginning of time.</param>
    /// <param name="high">Its upper bound.</param>
    /// <param name="token">Cancels.</param>
    internal static async Task TellAsync(Work work, QName parent, string phase, QName? leaf, long id, string? low, string high,
        CancellationToken token)
    {
        if (!await IsThereAsync(work, parent, token))
            return;
        var bound = low is null ? Sql.Of($"null") : Sql.Of($"{new Literal(low)}");
        var table = leaf is { } there ? Sql.Of($"{new Literal(there.ToString())}::pg_catalog.regclass") : Sql.Of($"null");
        await work.RunAsync(Sql.Of($"call {new QName(parent.Schema, $"retire_{parent.Name}")}({new Literal(phase)}, {table}, {id}, "
            + $"{bound}, {new Literal(high)})"), token);
    }
}
