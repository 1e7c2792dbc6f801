using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Dividing;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>A partition to make.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bound">What it takes.</param>
readonly record struct PlannedPart(QName Name, Bound Bound);

/// <summary>
/// Which partitions a table needs: those that are declared, and those that its rows need. Where rows cannot be given one, that is told.
/// </summary>
static class Layout
{
    static readonly CatalogQuery Taken = CatalogQuery.Load(typeof(PartitionsInspector), "taken.sql");

    /// <summary>The partitions that are missing for the rows in <paramref name="rows"/>.</summary>
    /// <param name="connection">A connection.</param>
    /// <param name="old">The table as it was.</param>
    /// <param name="wish">What is declared.</param>
    /// <param name="rows">Where the rows are.</param>
    /// <param name="there">The partitions that are there already.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="ConvertException">There would be too many, or a row belongs into none.</exception>
    internal static async Task<IReadOnlyList<PlannedPart>> MissingAsync(NpgsqlConnection connection, OldTable old, PartitionWish wish,
        QName rows, IReadOnlyList<LeafFacts> there, CancellationToken token)
    {
        var missing = wish.Kind switch
        {
            Kind.List => await ValueLayout.MissingAsync(connection, old, wish.Division!, rows, there, token),
            Kind.Hash => wish.Division!.Missing(there),
            Kind.Number => await NumberLayout.MissingAsync(connection, old, wish, rows, there, token),
            _ => await TimeLayout.MissingAsync(connection, old, wish, rows, there, token),
        };
        if (missing.Count + there.Count is 0 or > PartitionsDiffer.Most)
            throw new ConvertException(missing.Count + there.Count == 0 ? $"no partition of {old.QName.Plain} is declared: write its lists"
                : $"{old.QName.Plain} would get more than {PartitionsDiffer.Most} partitions: declare fewer");
        var taken = (await connection.ListAsync(Taken, static row => row.GetString(1), token, (object)new[] { old.Schema }))
            .ToHashSet(StringComparer.Ordinal);
        var parts = new List<PlannedPart>();
        foreach (var (suffix, bound) in missing)
        {
            var name = LeafName.For(old.Name, suffix, taken);
            taken.Add(name);
            parts.Add(new(new(old.Schema, name), bound));
        }
        return parts;
    }
}
