using Howdah.Loading.Inputs;

namespace Howdah.Loading.Parquet;

/// <summary>Parquet files, as a format of <see cref="CopyLoad"/>.</summary>
public static class ParquetFiles
{
    /// <summary>Reads Parquet: set it as <see cref="Reading.Reader"/>. Of the rest of <see cref="Reading"/> count the zone, its rules, the
    /// limits of fields and of rejected records, and whether a file may be empty; texts are read as dates, numbers and so on in their
    /// usual form.</summary>
    public static FormatReader Reader { get; } = new ParquetReader();

    /// <summary>Whether a file begins and ends as Parquet does.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool IsParquet(string path)
    {
        using var stream = File.OpenRead(path);
        return ParquetContent.Marks(stream) is { Begins: true, Ends: true };
    }

    /// <summary>Reads some rows again: each as a JSON object of the columns that are loaded, and where it is.</summary>
    /// <param name="input">The file.</param>
    /// <param name="job">How it was loaded.</param>
    /// <param name="rows">The rows, from 0.</param>
    /// <param name="cancellationToken">To give up.</param>
    /// <exception cref="LoadException">The file is none, or broken.</exception>
    public static async Task<IReadOnlyDictionary<long, ParquetRow>> RowsAsync(LoadInput input, LoadJob job, IEnumerable<long> rows,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(rows);
        using var content = await ParquetContent.OpenAsync(input, hash: false, cancellationToken).ConfigureAwait(false);
        var blocks = new ParquetBlocks(content, job);
        var block = (ColumnBlock)((IBlockSource)blocks).Make();
        var found = new Dictionary<long, ParquetRow>();
        foreach (var row in rows.Distinct().Order())
        {
            if (row < block.Offset || row >= block.Offset + block.RecordCount)
            {
                if (!blocks.Seek(row) || !blocks.Fill(block))
                    break;
            }
            var at = (int)(row - block.Offset);
            found.Add(row, new(block.Json(at), block.Place(at)));
        }
        return found;
    }
}

/// <summary>A row that was read again.</summary>
/// <param name="Json">Its values as a JSON object.</param>
/// <param name="Place">Its row group and its row in there, both from 1, in words.</param>
public sealed record ParquetRow(byte[] Json, string Place);
