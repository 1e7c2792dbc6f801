namespace Howdah.Patterns.Partitions.Converting;

/// <summary>How far a conversion is. Written down together with what ends the step before.</summary>
enum ConversionStep
{
    /// <summary>The new table is being made; cut off here, it is made anew.</summary>
    Building,
    /// <summary>Changes are caught; pages of the table are copied.</summary>
    Copying,
    /// <summary>Keys and indexes are built on the copy.</summary>
    Indexing,
    /// <summary>The copy follows the table, is compared with it, and takes its place.</summary>
    Following,
    /// <summary>The new table is in use; what could wait is done.</summary>
    Switched,
    /// <summary>All is done; the table as it was is kept, and the changes since are caught, so that the way back is open.</summary>
    Kept,
    /// <summary>The conversion is being given up.</summary>
    Aborting,
    /// <summary>The table as it was is in use again.</summary>
    Undone,
    /// <summary>The table as it was goes.</summary>
    Dropping,
}

static class ConversionSteps
{
    internal static string Word(this ConversionStep step) => step.ToString().ToLowerInvariant();

    internal static ConversionStep Read(string word) => Enum.Parse<ConversionStep>(word, ignoreCase: true);
}
