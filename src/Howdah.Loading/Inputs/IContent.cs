namespace Howdah.Loading.Inputs;

/// <summary>The bytes of a file that is being loaded: how far they are read, and what they were.</summary>
interface IContent : IDisposable
{
    /// <summary>Bytes read so far, as they stand in the file.</summary>
    long Count { get; }

    /// <summary>How many there are, where that is known.</summary>
    long? Total { get; }

    /// <summary>Bytes after decompression, so far.</summary>
    long Decompressed { get; }

    /// <summary>Makes sure that all of the file was seen, and tells its hash.</summary>
    string End();
}
