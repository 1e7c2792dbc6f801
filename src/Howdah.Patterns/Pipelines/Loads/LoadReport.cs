namespace Howdah.Patterns.Pipelines;

/// <summary>What became of a source.</summary>
public enum LoadOutcome
{
    /// <summary>Its rows are loaded.</summary>
    Loaded,
    /// <summary>Its content was loaded before; nothing was done.</summary>
    Known,
    /// <summary>It would have been loaded; nothing was written.</summary>
    Tried,
    /// <summary>It was not loaded, for a reason that lies outside of it: another load is under way, or its content came by another name.
    /// </summary>
    Refused,
    /// <summary>It was not loaded, for what is in it; nothing of it is there.</summary>
    Failed,
}

/// <summary>What a load of one source did. It balances: <see cref="Read"/> = <see cref="Loaded"/> + <see cref="Unchanged"/> +
/// <see cref="Quarantined"/> + <see cref="Skipped"/>.</summary>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="Source">The source's name: a path, an address, <c>-</c>, or the quarantine of which batch.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Message">Why, in one sentence; null where there is nothing to say.</param>
public sealed record LoadReport(string Pipeline, string Source, LoadOutcome Outcome, string? Message = null)
{
    /// <summary>The batch's number in <c>howdah.load_batch</c>; of the former one where the content was known; 0 for none.</summary>
    public long Batch { get; init; }

    /// <summary>Records of the source, its header not counted.</summary>
    public long Read { get; init; }

    /// <summary>Rows that are new in the target, or changed there.</summary>
    public long Loaded { get; init; }

    /// <summary>Rows that the target had already, just so.</summary>
    public long Unchanged { get; init; }

    /// <summary>Rows that were refused; they are in <c>howdah.quarantine</c>, each with its reason.</summary>
    public long Quarantined { get; init; }

    /// <summary>Blank lines, repeated headers, the same row twice, and what a later row of the source replaces.</summary>
    public long Skipped { get; init; }

    /// <summary>Bytes of the source, compressed as they are.</summary>
    public long Bytes { get; init; }

    /// <summary>SHA-256 of these bytes, lower-case hexadecimal; null where nobody read them to the end.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>How far a load is.</summary>
/// <param name="Source">The source.</param>
/// <param name="Doing">What is being done: reading, loading, waiting.</param>
/// <param name="Records">Records read.</param>
/// <param name="Rejected">Of them refused.</param>
/// <param name="Bytes">Bytes read.</param>
/// <param name="Total">The source's size in bytes, where it is known.</param>
public readonly record struct LoadStage(string Source, string Doing, long Records, long Rejected, long Bytes, long? Total);

/// <summary>How a pipeline is run.</summary>
public sealed record LoadOptions
{
    /// <summary>Files instead of the declared source; <c>-</c> is standard input. Relative to the working folder.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Whether all is done but the commit: nothing is left of it, but that sequences have moved on.</summary>
    public bool DryRun { get; init; }

    /// <summary>Whether a content that was loaded before is loaded again.</summary>
    public bool Force { get; init; }

    /// <summary>Whether another load of the pipeline is waited for; else the load is refused.</summary>
    public bool Wait { get; init; } = true;

    /// <summary>Over how many connections a source is copied at once, 1 to 16, beside the one whose transaction loads it; as the pipeline
    /// declares where null. A dry run, and what is tried again from the quarantine, go over one.</summary>
    public int? Streams { get; init; }

    /// <summary>Whether nobody need read meanwhile: the first load of many rows into an empty fact locks it, and builds its indexes at the
    /// end, in about half the time. Other loads go as ever.</summary>
    public bool Alone { get; init; }

    /// <summary>What is asked for addresses: limits of time, proxies and certificates are its own. Needed where there are any.</summary>
    public HttpClient? Client { get; init; }

    /// <summary>Told how far it is.</summary>
    public IProgress<LoadStage>? Progress { get; init; }

    /// <summary>The tool's name and version, for the batch's row.</summary>
    public string Tool { get; init; } = "howdah";

    /// <summary>Told each point that is passed; a test ends the process there.</summary>
    internal Action<string> Fault { get; init; } = static _ => { };
}
