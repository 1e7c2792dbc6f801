using Howdah.Engine;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>A partition that came back from its archive.</summary>
/// <param name="Table">The table it is from.</param>
/// <param name="Partition">The table that holds its rows again.</param>
/// <param name="Rows">How many.</param>
/// <param name="Attached">Whether it is a partition of its table again.</param>
/// <param name="Noted">Whether the database knew the archive; one from elsewhere is compared with its own manifest only.</param>
public sealed record RestoredPartition(string Table, string Partition, long Rows, bool Attached, bool Noted);

/// <summary>Brings archived partitions back.</summary>
public static class PartitionRestore
{
    static readonly CatalogQuery Find = CatalogQuery.Load(typeof(PartitionRestore), "archive.sql");
    static readonly CatalogQuery Columns = CatalogQuery.Load(typeof(PartitionRestore), "columns.sql");
    static readonly CatalogQuery Restored = CatalogQuery.Load(typeof(PartitionRestore), "restored.sql");

    /// <summary>
    /// Makes a table like the partitioned one, fills it from the archive, compares its rows with those that were archived, and attaches it
    /// where that is wished. All or nothing.
    /// </summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The database.</param>
    /// <param name="table">The partitioned table, as <c>schema.name</c>; its partitions are declared.</param>
    /// <param name="archive">The partition's name as <c>schema.name</c>, or the file of its manifest.</param>
    /// <param name="attach">Whether it becomes a partition again; else it is a table of its own.</param>
    /// <param name="token">Cancels; nothing is left then.</param>
    /// <exception cref="ArgumentException">There is no such table or archive.</exception>
    /// <exception cref="FormatException">The archive is not as it was written.</exception>
    public static async Task<RestoredPartition> RunAsync(Session session, DatabaseSpec database, string table, string archive, bool attach,
        CancellationToken token)
    {
        if (database.Get(PartitionsSpec.Section)?.GetValueOrDefault(table) is not { } wish || QName.Parse(table) is not { } parent)
            throw new ArgumentException($"partitions of `{table}` are not declared in database {database.Name}");
        await using var work = await Work.OpenAsync(session.Servers[database.Server], database.Name, token);
        var folder = ArchiveFolder.Of(session.Estate.Folder, wish.Retention?.Archive ?? "");
        var (path, noted) = await FindAsync(work, parent, archive, folder, token);
        var manifest = await LeafManifest.ReadAsync(path, token);
        if (noted is { } known && (await RowFile.HashAsync(path, token) != known.ManifestSha256 || manifest.Sha256 != known.Sha256))
            throw new FormatException($"{path} is not as it was written: the database notes another hash; take an unchanged copy");
        if (manifest.Table != parent.Plain || QName.Parse(manifest.Partition) is not { } leaf)
            throw new ArgumentException($"{path} holds a partition of {manifest.Table}, not of {parent.Plain}");
        await using var transaction = await work.Connection.BeginTransactionAsync(token);
        await FillAsync(work, parent, leaf, manifest, Path.Combine(Path.GetDirectoryName(path)!, manifest.File), token);
        if (attach)
        {
            await AttachAsync(work, parent, leaf, manifest, token);
            await BookKeeper.TellAsync(work, parent, "back", leaf, noted?.Id ?? 0, manifest.From, manifest.To, token);
        }
        if (noted is { } row)
            await work.ReadAsync(Restored, static _ => 0, token, row.Id, attach ? "restored" : "retired");
        await transaction.CommitAsync(token);
        return new(parent.Plain, leaf.Plain, manifest.Rows, attach, noted is not null);
    }

    static async Task<(string Path, Noted? Noted)> FindAsync(Work work, QName parent, string archive, string folder,
        CancellationToken token)
    {
        var there = (await work.ReadAsync(Sql.Of($"""
            select pg_catalog.to_regclass('howdah.retired_partitions') is not null, pg_catalog.to_regclass({new Literal(parent.ToString())})
              is not null
            """), static row => (Memory: row.GetBoolean(0), Table: row.GetBoolean(1)), token))[0];
        if (!there.Table)
            throw new ArgumentException($"there is no table {parent.Plain}: the manifest holds the statements that make its partition");
        var known = there.Memory ? await work.ReadAsync(Find, static row => new Noted(row.GetInt64(0), row.GetString(1), row.GetString(2),
            row.GetString(3), row.GetString(4)), token, parent.ToString()) : [];
        if (File.Exists(archive))
            return (Path.GetFullPath(archive), known.FirstOrDefault(each =>
                Path.GetFullPath(Path.Combine(folder, each.Archive)) == Path.GetFullPath(archive)));
        var wanted = QName.Parse(archive)?.ToString() ?? archive;
        return known.LastOrDefault(each => QName.Parse(each.Leaf)?.ToString() == wanted) is { } found
            ? (Path.Combine(folder, found.Archive), found)
            : throw new ArgumentException($"neither is {archive} a file, nor is an archive of that partition of {parent.Plain} known"
                + (known.Count == 0 ? "" : $"; known are {string.Join(", ", known.Select(static each => each.Leaf).TakeLast(10))}"));
    }

    static async Task FillAsync(Work work, QName parent, QName leaf, LeafManifest manifest, string rows, CancellationToken token)
    {
        var columns = await work.ReadAsync(Columns, static row => new ArchivedColumn(row.GetString(0), row.GetString(1)), token,
            parent.ToString());
        if (manifest.Columns.FirstOrDefault(each => !columns.Contains(each)) is { } other)
            throw new ArgumentException($"{parent.Plain} has no column {other.Name} of type {other.Type} any more, which the archive "
                + "holds: its manifest has the statements that make the table as it was");
        try
        {
            await work.RunAsync(Sql.Of($"create table {leaf} (like {parent} including all excluding identity excluding statistics)"),
                token);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.DuplicateTable)
        {
            throw new ArgumentException($"there is a table {leaf.Plain} already: rename or drop it");
        }
        foreach (var sql in LeafSteps.Mending(parent, leaf))
            await work.RunAsync(sql, token);
        await RowFile.LoadAsync(work, rows, manifest, Sql.Of($"{leaf}"), token);
        var digest = await RowDigest.OfAsync(work, Sql.Of($"{leaf}"), manifest.Columns, token);
        if (digest != new RowDigest(manifest.Rows, manifest.Digest))
            throw new FormatException($"the archive gives {digest.Rows} rows that are not the {manifest.Rows} which were archived: "
                + "nothing was restored");
    }

    static async Task AttachAsync(Work work, QName parent, QName leaf, LeafManifest manifest, CancellationToken token)
    {
        var key = new Ident(manifest.Key);
        var to = new Literal(manifest.To);
        await work.RunAsync(Sql.Of($"set local lock_timeout = '2s'"), token);
        var low = manifest.From is { } from ? Sql.Of($" and {key} >= {new Literal(from)}") : null;
        await work.RunAsync(Sql.Of($"alter table {leaf} add constraint howdah_bounds check ({key} is not null{low} and {key} < {to})"),
            token);
        var start = manifest.From is { } begin ? Sql.Of($"{new Literal(begin)}") : Sql.Of($"minvalue");
        await work.RunAsync(Sql.Of($"alter table {parent} attach partition {leaf} for values from ({start}) to ({to})"), token);
        await work.RunAsync(Sql.Of($"alter table {leaf} drop constraint howdah_bounds"), token);
    }

    sealed record Noted(long Id, string Leaf, string Archive, string Sha256, string ManifestSha256);
}
