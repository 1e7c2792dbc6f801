using Howdah.Loading;
using Howdah.Loading.Parquet;

namespace Howdah.Patterns.Pipelines;

/// <summary>Rows of a Parquet file, each as a JSON object.</summary>
/// <param name="name">What the file is called.</param>
/// <param name="path">Where it is.</param>
sealed class ParquetRecords(string name, string path) : IRawRecords
{
    static readonly byte[] Mark = "PAR1"u8.ToArray();

    /// <summary>Whether a batch's first bytes say that its rows are JSON objects made of a Parquet file's.</summary>
    internal static bool Marks(byte[]? header) => header is not null && header.AsSpan().SequenceEqual(Mark);

    /// <summary>How these objects are read, whatever the pipeline says of other files' texts.</summary>
    internal static FormatWish Format(FormatWish wish) => PipelinesShapes.Plain with { Type = "ndjson", Zone = wish.Zone };

    public byte[]? First() => Mark;

    public bool HasOffsets => false;

    public async Task<IReadOnlyDictionary<long, (byte[] Bytes, string? Place)>> FetchAsync(LoadJob? job, IReadOnlyList<long> offsets,
        CancellationToken token)
    {
        if (job is null)
            return new Dictionary<long, (byte[], string?)>();
        var rows = await ParquetFiles.RowsAsync(new(name, LoadInput.File(path).OpenAsync), job, offsets, token);
        return rows.Where(static row => row.Value.Json.Length <= RawRecords.Most)
            .ToDictionary(static row => row.Key, static row => (row.Value.Json, (string?)row.Value.Place));
    }
}
