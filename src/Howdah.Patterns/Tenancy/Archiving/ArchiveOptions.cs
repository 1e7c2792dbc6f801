namespace Howdah.Patterns.Tenancy.Archiving;

/// <summary>How to write and read archives of tenants.</summary>
public sealed record ArchiveOptions
{
    /// <summary>How many bytes of rows an archive may hold that is read: what says it holds more is refused unread.</summary>
    public long MostBytes { get; init; } = 1L << 40;

    /// <summary>The hash of the manifest as it was noted at the export; an archive with another is refused.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Told of every table.</summary>
    public IProgress<ArchiveProgress>? Progress { get; init; }

    /// <summary>Called at every step, with the point's name: crash tests end the process there.</summary>
    internal Action<string>? Fault { get; init; }
}

/// <summary>One thing that happened while an archive was written or read.</summary>
/// <param name="Table">The table by its name at home.</param>
/// <param name="Message">In words.</param>
/// <param name="Rows">Its rows.</param>
public sealed record ArchiveProgress(string Table, string Message, long Rows);

/// <summary>An archive that was written or taken in.</summary>
/// <param name="Outcome"><c>exported</c>, <c>imported</c>, <c>there</c> where it was imported before, or <c>aborted</c>.</param>
/// <param name="Tenant">The tenant's id: the new one where it was imported under another name.</param>
/// <param name="Name">The tenant's name.</param>
/// <param name="Tables">How many tables.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Sha256">Of the manifest, which holds the hashes of all else: to be noted elsewhere.</param>
public sealed record ArchiveResult(string Outcome, Guid Tenant, string Name, int Tables, long Rows, string Sha256);

/// <summary>An archive cannot be written, read or taken in; the sentence says why.</summary>
public sealed class ArchiveException(string message) : IOException(message);
