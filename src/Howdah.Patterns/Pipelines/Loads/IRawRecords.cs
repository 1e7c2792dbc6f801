using Howdah.Loading;

namespace Howdah.Patterns.Pipelines;

/// <summary>A source's records as they stand there, for rows that were refused once they were sent.</summary>
interface IRawRecords
{
    /// <summary>What stands in the batch, so that refused rows can be read again: the header, or the mark of the format; null for neither.
    /// </summary>
    byte[]? First();

    /// <summary>Whether records begin at bytes; else they are counted.</summary>
    bool HasOffsets { get; }

    /// <summary>The records that begin at some offsets, each with words on where it is, if there are any.</summary>
    /// <param name="job">How the source is read.</param>
    /// <param name="offsets">Where they begin.</param>
    /// <param name="token">Cancels.</param>
    Task<IReadOnlyDictionary<long, (byte[] Bytes, string? Place)>> FetchAsync(LoadJob? job, IReadOnlyList<long> offsets,
        CancellationToken token);
}
