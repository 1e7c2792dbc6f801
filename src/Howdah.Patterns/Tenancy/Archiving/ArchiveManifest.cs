using System.Text.Json;
using System.Text.Json.Serialization;

namespace Howdah.Patterns.Tenancy.Archiving;

/// <summary>What an archive says of itself: the file <c>manifest.json</c> in it.</summary>
/// <param name="Format">The format's version.</param>
/// <param name="Estate">The estate it is from.</param>
/// <param name="Database">The home database it is from.</param>
/// <param name="Tenant">The tenant's id.</param>
/// <param name="Name">The tenant's name.</param>
/// <param name="Model">The model it lived in.</param>
/// <param name="Server">The server's version number.</param>
/// <param name="Structure">The hash of the structure its tables had.</param>
/// <param name="At">The moment of the snapshot, by the server's clock.</param>
/// <param name="By">The role that made it.</param>
/// <param name="Tables">The tables, those that others refer to first.</param>
/// <param name="Sequences">How far the sequences were that feed them.</param>
sealed record ArchiveManifest(int Format, string Estate, string Database, Guid Tenant, string Name, string Model, int Server,
    string Structure, string At, string By, IReadOnlyList<ArchivedTable> Tables, IReadOnlyList<ArchivedSequence> Sequences)
{
    internal const string Entry = "manifest.json";
    internal const int Current = 1;

    internal long Rows => Tables.Sum(static table => table.Rows);

    internal byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, ArchiveJson.Default.ArchiveManifest);

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="ArchiveException">It is none, or one of a later format.</exception>
    internal static ArchiveManifest Read(byte[] json)
    {
        try
        {
            using (var any = JsonDocument.Parse(json))
            {
                if (any.RootElement.ValueKind == JsonValueKind.Object && any.RootElement.TryGetProperty("format", out var format)
                    && format.TryGetInt32(out var version) && version != Current)
                    throw new ArchiveException($"the archive has format {version}, and this howdah reads format {Current}");
            }
            var manifest = JsonSerializer.Deserialize(json, ArchiveJson.Default.ArchiveManifest)!;
            return manifest.Tables.All(static table => table is { Columns.Count: > 0, Rows: >= 0, Bytes: >= 0 })
                && manifest.Name.Length is > 0 and < 10_000 ? manifest : throw new JsonException();
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new ArchiveException("its manifest.json is not one that howdah tenant export writes: take an unchanged copy");
        }
    }
}

/// <summary>A table in an archive.</summary>
/// <param name="Schema">Its schema at home.</param>
/// <param name="Name">Its name.</param>
/// <param name="Entry">The file in the archive: rows in COPY's text format, UTF-8, columns in this order.</param>
/// <param name="Columns">Its columns, the tenant's first; generated ones are not stored.</param>
/// <param name="Key">The columns that order its rows for the hash.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Hash">Over the rows in the order of their key, without the tenant column; null where there are none.</param>
/// <param name="Bytes">The size of the file.</param>
/// <param name="Sha256">Of the file.</param>
sealed record ArchivedTable(string Schema, string Name, string Entry, IReadOnlyList<ArchivedColumn> Columns,
    IReadOnlyList<string> Key, long Rows, string? Hash, long Bytes, string Sha256)
{
    internal string Plain => $"{Schema}.{Name}";
}

/// <summary>A column in an archive.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as the server writes it.</param>
sealed record ArchivedColumn(string Name, string Type);

/// <summary>How far a sequence was.</summary>
/// <param name="Schema">The schema of the table it feeds.</param>
/// <param name="Table">The table.</param>
/// <param name="Column">The column.</param>
/// <param name="Position">The last number given; in rows, where all tenants draw from one sequence, the last of this tenant's.</param>
sealed record ArchivedSequence(string Schema, string Table, string Column, long Position);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ArchiveManifest))]
sealed partial class ArchiveJson : JsonSerializerContext;
