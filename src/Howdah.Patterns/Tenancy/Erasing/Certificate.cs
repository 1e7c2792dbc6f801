using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Howdah.Patterns.Tenancy.Erasing;

/// <summary>What was there of a tenant, and that nothing of it was found afterwards.</summary>
/// <param name="Format">The format's version.</param>
/// <param name="Estate">The estate.</param>
/// <param name="Database">The home database.</param>
/// <param name="Tenant">The tenant's id.</param>
/// <param name="Name">Its name; null where that is forgotten, too.</param>
/// <param name="Model">The model it lived in.</param>
/// <param name="Server">The server.</param>
/// <param name="Place">Its schema or database; null for rows.</param>
/// <param name="Began">When it was shut out.</param>
/// <param name="Ended">When all had been looked for.</param>
/// <param name="By">The role that did it.</param>
/// <param name="Before">What was there.</param>
/// <param name="After">What was looked for, and how much of it was found: nothing, or there would be no certificate.</param>
/// <param name="NotErased">What is beyond a database's reach.</param>
/// <param name="Sha256">Over all of this with an empty hash.</param>
sealed record Certificate(int Format, string Estate, string Database, Guid Tenant, string? Name, string Model, string Server, string? Place,
    string Began, string Ended, string By, IReadOnlyList<ErasedTable> Before, IReadOnlyList<Remains> After,
    IReadOnlyList<string> NotErased, string Sha256)
{
    internal static IReadOnlyList<string> Beyond { get; } =
    [
        "backups and archives made before (also those of howdah tenant export)",
        "the write-ahead log, archived segments and standbys that lag, until they are recycled or have caught up",
        "pages of tables, indexes and temporary files, until the server uses them again: VACUUM, and the file system's own ways",
        "copies that other systems took: subscribers, change streams, exports, logs and traces",
    ];

    internal Certificate Seal() => this with { Sha256 = Hash() };

    internal string Write() => JsonSerializer.Serialize(this, CertificateJson.Default.Certificate);

    internal static Certificate Read(string json) => JsonSerializer.Deserialize(json, CertificateJson.Default.Certificate)!;

    /// <summary>What is wrong with a certificate; null where it is as it was written.</summary>
    internal static string? Problem(string json)
    {
        Certificate? read;
        try
        {
            read = JsonSerializer.Deserialize(json, CertificateJson.Default.Certificate);
        }
        catch (JsonException)
        {
            read = null;
        }
        return read is null ? "it is not a certificate that howdah tenant erase wrote"
            : read.Sha256 != read.Hash() ? "what it says was changed: its hash is that of something else"
            : read.Write() != json.TrimEnd() ? "it was written anew by something else: what it says is what was said, its form is not"
            : read.After.Any(static found => found.Found != 0) ? "it tells of things that were left" : null;
    }

    string Hash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes((this with { Sha256 = "" }).Write())));
}

/// <summary>A table as it was.</summary>
/// <param name="Table">By its name at home.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Hash">Over the rows in the order of their key, without the tenant column; null where there were none.</param>
sealed record ErasedTable(string Table, long Rows, string? Hash);

/// <summary>Something that was looked for.</summary>
/// <param name="What">A table, a partition, a schema, a database, a role.</param>
/// <param name="Name">Which.</param>
/// <param name="Found">How many rows, or how many of them.</param>
sealed record Remains(string What, string Name, long Found);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n",
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(Certificate))]
[JsonSerializable(typeof(IReadOnlyList<ErasedTable>))]
sealed partial class CertificateJson : JsonSerializerContext;
