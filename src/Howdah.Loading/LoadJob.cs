namespace Howdah.Loading;

/// <summary>What is loaded: from which fields into which table.</summary>
/// <param name="Target">The table.</param>
/// <param name="Fields">What each column is filled from; columns that are not named get the server's defaults.</param>
/// <param name="Reading">How the file is read.</param>
public sealed record LoadJob(CopyTarget Target, IReadOnlyList<LoadField> Fields, Reading Reading)
{
    /// <summary>Whether rows that the server refuses (a constraint, a trigger, a domain) are found and rejected one by one: rows go in
    /// pieces of about 1 MB behind savepoints, and a piece that fails is halved until the row is found. For tables that have such rules;
    /// staging tables have none. It needs a transaction on each connection. Deferred constraints speak at COMMIT only.</summary>
    public bool FindRefused { get; init; }

    /// <summary>How many rejected rows are handed over at a time, at most.</summary>
    public int RejectedBatch { get; init; } = 1000;

    /// <summary>More rejected rows than this end the load with a <see cref="LoadException"/>.</summary>
    public long MaxRejected { get; init; } = long.MaxValue;
}

/// <summary>How far a load is.</summary>
/// <param name="Records">Records read.</param>
/// <param name="Rejected">Of them rejected.</param>
/// <param name="Bytes">Bytes of the file read, compressed as they are.</param>
/// <param name="Total">The file's size in bytes, where it is known.</param>
public readonly record struct LoadProgress(long Records, long Rejected, long Bytes, long? Total);

/// <summary>It balances: <see cref="Records"/> = <see cref="Sent"/> + <see cref="Rejected"/> + <see cref="Skipped"/>.</summary>
/// <param name="Records">Records in the file, the header not counted.</param>
/// <param name="Sent">Rows that the server took; in a dry run, those it would have been sent.</param>
/// <param name="Rejected">Rows handed over as rejected.</param>
/// <param name="Skipped">Blank lines and repeated headers, where declared.</param>
/// <param name="Lines">Lines in the file; 0 for formats without lines.</param>
/// <param name="Bytes">Bytes of the file, compressed as they are.</param>
/// <param name="DecompressedBytes">Bytes after decompression.</param>
/// <param name="Sha256">Of the file's bytes as they were read, in the same pass: lower-case hexadecimal.</param>
/// <param name="Unused">The file's columns that no field reads.</param>
/// <param name="MixedLineEnds">Whether some records end in CR LF and others in LF.</param>
/// <param name="EndsInNewline">Whether the last record ends in a line end: if not, the file may have been cut.</param>
public sealed record LoadCounts(
    long Records, long Sent, long Rejected, long Skipped, long Lines, long Bytes, long DecompressedBytes, string Sha256,
    IReadOnlyList<string> Unused, bool MixedLineEnds, bool EndsInNewline);
