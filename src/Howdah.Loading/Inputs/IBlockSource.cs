namespace Howdah.Loading.Inputs;

/// <summary>A file as blocks of whole records.</summary>
interface IBlockSource
{
    /// <summary>A block to be filled.</summary>
    RecordBlock Make() => new();

    /// <summary>Fills a block with the next records.</summary>
    /// <returns>False at the end.</returns>
    bool Fill(RecordBlock block);

    /// <summary>Lines read so far.</summary>
    long Lines { get; }

    /// <summary>Whether line ends differ.</summary>
    bool MixedLineEnds { get; }

    /// <summary>Whether the last record had a line end.</summary>
    bool EndsInNewline { get; }
}
