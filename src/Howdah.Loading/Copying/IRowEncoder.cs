using Howdah.Loading.Inputs;

namespace Howdah.Loading.Copying;

/// <summary>Turns records of a block into rows. Each stream has its own.</summary>
interface IRowEncoder
{
    /// <summary>Writes a record's row, whole or not at all.</summary>
    RowOutcome Encode(RecordBlock block, in FoundRecord record, CopyBuffer buffer, out RowFault? fault);
}

/// <summary>What became of a record.</summary>
enum RowOutcome
{
    Written,
    Rejected,
    Skipped,
}

/// <summary>Why a record became no row.</summary>
sealed record RowFault(string? Column, string Rule, string SqlState, string Message);
