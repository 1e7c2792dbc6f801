using System.Text.Json;
using System.Text.Json.Serialization;

namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>What an archive says of itself: the file beside its rows.</summary>
/// <param name="Format">The format's version: 1 with rows as CSV, 2 with rows as Parquet.</param>
/// <param name="Estate">The estate it is from.</param>
/// <param name="Database">The database it is from.</param>
/// <param name="Table">The partitioned table.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Key">The column the table is partitioned by.</param>
/// <param name="From">The lower bound as SQL takes it; null for the beginning of time.</param>
/// <param name="To">The upper bound, which is not in it.</param>
/// <param name="Server">The server's version number.</param>
/// <param name="Columns">Its stored columns, in the order of the rows.</param>
/// <param name="Definition">The statements that would make the table again.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Digest">Of the rows, whatever their order: of the text that PostgreSQL writes for each with pinned settings.</param>
/// <param name="File">The file of rows, beside this one: CSV in UTF-8 with a header as PostgreSQL writes it, compressed by gzip; or
/// Parquet.</param>
/// <param name="Bytes">The size of the rows before they were compressed; of Parquet, that of the file.</param>
/// <param name="Sha256">Of the file.</param>
sealed record LeafManifest(int Format, string Estate, string Database, string Table, string Partition, string Key, string? From, string To,
    int Server, IReadOnlyList<ArchivedColumn> Columns, IReadOnlyList<string> Definition, long Rows, string Digest, string File,
    long Bytes, string Sha256)
{
    /// <summary>The format whose rows are Parquet: an older tool says that it does not read it.</summary>
    internal const int Parquet = 2;
    internal const int Csv = 1;
    const int MostBytes = 16 * 1024 * 1024;

    internal byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, LeafManifestJson.Default.LeafManifest);

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="FormatException">It is none, or one of a later format.</exception>
    internal static async Task<LeafManifest> ReadAsync(string path, CancellationToken token)
    {
        if (new FileInfo(path) is { Exists: true, Length: > MostBytes })
            throw new FormatException($"{path} is larger than any manifest of a partition");
        var json = await System.IO.File.ReadAllBytesAsync(path, token);
        LeafManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, LeafManifestJson.Default.LeafManifest);
        }
        catch (JsonException)
        {
            manifest = null;
        }
        if (manifest is not { Columns.Count: > 0, Rows: >= 0, Bytes: >= 0 } || manifest.File != Path.GetFileName(manifest.File))
            throw new FormatException($"{path} is no manifest of an archived partition: take an unchanged copy");
        return manifest.Format is Csv or Parquet ? manifest
            : throw new FormatException($"{path} has format {manifest.Format}, and this howdah reads formats {Csv} and {Parquet}");
    }
}

/// <summary>A column in an archive.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as the server writes it.</param>
sealed record ArchivedColumn(string Name, string Type);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(LeafManifest))]
sealed partial class LeafManifestJson : JsonSerializerContext;
