using Howdah.Loading.Copying;

namespace Howdah.Loading.Parquet;

/// <summary>Opens Parquet files for a load.</summary>
sealed class ParquetReader : FormatReader
{
    internal override async ValueTask<Opened> OpenAsync(LoadInput input, LoadJob job, CancellationToken token)
    {
        var content = await ParquetContent.OpenAsync(input, hash: true, token).ConfigureAwait(false);
        try
        {
            var blocks = new ParquetBlocks(content, job);
            ParquetRows Rows() => new(blocks.Names, ColumnPlan.Make(job, blocks.Names, input.Name, "the file"), blocks.Types,
                job.Reading, input.Name);
            // What cannot be loaded is told before anything is read.
            Rows();
            return new(content, blocks, Rows, blocks.Unused);
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }
}
