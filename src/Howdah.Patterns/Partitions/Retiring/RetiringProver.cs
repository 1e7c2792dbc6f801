using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;

namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>Proves that archives are what was dropped.</summary>
static class RetiringProver
{
    static readonly CatalogQuery Archives = CatalogQuery.Load(typeof(RetiringProver), "proof.sql");

    internal static Attack Archive { get; } = new("PAR-20", "An archive is what was dropped", Gravity.High, false,
        "Reads each archive's files again: their hashes are those noted when they were compared with the rows, before the drop.", "Howdah",
        "The archive is all that is left of these rows.");

    internal static async Task<Finding> ProveAsync(QName table, string folder, Arena arena, CancellationToken token)
    {
        var archives = await arena.Catalog.QueryAsync(Archives, static row => (Leaf: row.GetString(0), Manifest: row.GetString(1),
            Sha256: row.GetString(2), ManifestSha256: row.GetString(3), Rows: row.GetInt64(4), Digest: row.GetString(5)), token,
            table.ToString());
        var bad = new List<string>();
        foreach (var each in archives)
        {
            var path = Path.Combine(folder, each.Manifest);
            if (await ProblemAsync(path, each.Sha256, each.ManifestSha256, each.Rows, each.Digest, token) is { } problem)
                bad.Add($"{each.Leaf}: {problem}");
        }
        return bad.Count == 0 && archives.Count == 0
            ? new(Archive, PartitionsSpec.Key, table.Plain, Verdict.Held, "nothing was archived yet")
            : PartitionsProver.Of(Archive, table, bad, "take an unchanged copy of the archive from a backup");
    }

    static async Task<string?> ProblemAsync(string path, string sha256, string manifestSha256, long rows, string digest,
        CancellationToken token)
    {
        try
        {
            if (await RowFile.HashAsync(path, token) != manifestSha256)
                return $"{path} was changed";
            var manifest = await LeafManifest.ReadAsync(path, token);
            var file = Path.Combine(Path.GetDirectoryName(path)!, manifest.File);
            return await RowFile.HashAsync(file, token) != sha256 ? $"{file} was changed"
                : manifest.Sha256 != sha256 || manifest.Rows != rows || manifest.Digest != digest ? $"{path} is another archive's" : null;
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException or FormatException)
        {
            return missing.Message;
        }
    }
}
