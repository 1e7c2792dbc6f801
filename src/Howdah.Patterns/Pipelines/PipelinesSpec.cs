using Howdah.Engine.Planning;
using Howdah.Engine.Upkeep;
using Howdah.Patterns.Pipelines.Querying;

namespace Howdah.Patterns.Pipelines;

/// <summary>What a load does with rows that its target has already.</summary>
enum LoadMode
{
    /// <summary>Every row is new; one that is not is refused.</summary>
    Insert,
    /// <summary>A row with a known key takes the place of the one that is there.</summary>
    Upsert,
    /// <summary>A row that is there already is left as it is.</summary>
    Append,
}

/// <summary>A key that is looked up in another table.</summary>
/// <param name="Table">The table.</param>
/// <param name="By">Its columns, each with the staged column that holds the value.</param>
/// <param name="Take">The column whose value is taken.</param>
/// <param name="Missing">Whether a row without a match is refused (else the column is NULL).</param>
sealed record LookupWish(QName Table, IReadOnlyDictionary<string, string> By, string Take, bool Missing);

/// <summary>A column of a pipeline.</summary>
/// <param name="From">Its name in the source; its own where null.</param>
/// <param name="Type">Its type, as the server writes it.</param>
/// <param name="Required">Whether a row without a value is refused.</param>
/// <param name="Default">What stands for a missing value; null for NULL.</param>
/// <param name="Value">SQL over the staged columns that makes it; null where the source has it.</param>
/// <param name="Lookup">Where its value is looked up; null where the source has it.</param>
/// <param name="StageOnly">Whether it is for expressions and lookups alone, and not a column of the target.</param>
sealed record ColumnWish(string? From, string Type, bool Required, string? Default, string? Value, LookupWish? Lookup, bool StageOnly)
{
    /// <summary>Whether it comes from the source.</summary>
    internal bool Staged => Value is null && Lookup is null;
}

/// <summary>How the bytes of a source are read.</summary>
/// <param name="Type">csv, ndjson or parquet; null: by the file's name, or its bytes.</param>
/// <param name="Delimiter">What stands between fields.</param>
/// <param name="Quote">What fields are quoted with.</param>
/// <param name="Encoding">utf-8, latin-1 or windows-1252.</param>
/// <param name="Header">Whether the first line names the columns.</param>
/// <param name="Nulls">Unquoted texts that stand for NULL.</param>
/// <param name="Date">How dates are written.</param>
/// <param name="Timestamp">How times are written.</param>
/// <param name="Zone">The zone of times that name none.</param>
/// <param name="Decimal">What stands before the fraction.</param>
/// <param name="Compression">gzip, zstd or none; null: by the first bytes.</param>
sealed record FormatWish(string? Type, string Delimiter, string Quote, string Encoding, bool Header, IReadOnlyList<string> Nulls,
    string Date, string Timestamp, string? Zone, string Decimal, string? Compression);

/// <summary>Where a source's file comes from if it is not at hand.</summary>
/// <param name="Package">The npm package with its version, or <c>file:</c> and its folder.</param>
/// <param name="File">The file in there.</param>
/// <param name="Sha256">Of the file's bytes, lower-case hexadecimal.</param>
sealed record FetchWish(string Package, string File, string Sha256);

/// <summary>How much may be refused before the whole batch is.</summary>
/// <param name="Rows">So many rows.</param>
/// <param name="Percent">So many of a hundred rows.</param>
sealed record LimitWish(int Rows, int Percent)
{
    /// <summary>Where nothing is said.</summary>
    internal static LimitWish Usual { get; } = new(1000, 100);
}

/// <summary>How many rows a day brings, against the days before.</summary>
/// <param name="AtLeast">So many of a hundred of what is usual on its weekday, at least.</param>
/// <param name="AtMost">So many of a hundred at most.</param>
sealed record UsualWish(int AtLeast, int AtMost);

/// <summary>A pipeline.</summary>
/// <param name="Files">A file or a pattern of files, relative to the estate; null where there is another source.</param>
/// <param name="Url">An address; null where there is another source.</param>
/// <param name="Format">How its bytes are read.</param>
/// <param name="Columns">Its columns, in the file's order.</param>
/// <param name="Into">The table; null where a procedure is called.</param>
/// <param name="Call">The procedure; null where a table is filled.</param>
/// <param name="Mode">What happens with rows that are there.</param>
/// <param name="Key">The columns that tell rows apart.</param>
/// <param name="LastWins">Whether the last of several rows for one key counts; else all of them are refused where they differ.</param>
/// <param name="BatchColumn">The target's column that takes the number of the batch; null for none.</param>
/// <param name="Limit">How much may be refused.</param>
/// <param name="Empty">Whether a source without rows is right.</param>
/// <param name="After">Pipelines that come before.</param>
/// <param name="Every">How often; zero where nobody said.</param>
/// <param name="MaxAge">How old the newest batch may be, in minutes; 0 where nobody said.</param>
sealed record PipelineWish(string? Files, string? Url, FormatWish Format,
    IReadOnlyDictionary<string, ColumnWish> Columns, QName? Into, QName? Call, LoadMode Mode, IReadOnlyList<string> Key, bool LastWins,
    string? BatchColumn, LimitWish Limit, bool Empty, IReadOnlyList<string> After, TimeSpan Every, int MaxAge)
{
    /// <summary>Where the file comes from if it is not there; null for nowhere.</summary>
    internal FetchWish? Fetch { get; init; }

    /// <summary>The query on another server that gives its rows; null where there is another source.</summary>
    internal QueryWish? Query { get; init; }

    /// <summary>Whether <c>howdah up</c> loads it, too.</summary>
    internal bool WithUp { get; init; }

    /// <summary>The times it runs at; null where nobody said.</summary>
    internal ScheduleWish? Schedule { get; init; }

    /// <summary>Whether times that nobody was there for are left out; else one of them is made up for.</summary>
    internal bool SkipsMissed { get; init; }

    /// <summary>How long a run of a host may take; null for as long as it takes.</summary>
    internal TimeSpan? Timeout { get; init; }

    /// <summary>Over how many connections a source is copied.</summary>
    internal int Streams { get; init; } = 1;

    /// <summary>How far a day's rows may be from what is usual; null where nobody said.</summary>
    internal UsualWish? Usual { get; init; }

    /// <summary>When it runs first after a time; null where it comes after others only, or when a person says so.</summary>
    internal DateTimeOffset? Next(DateTimeOffset after) =>
        Schedule is not null ? Schedule.Next(after) : Every > TimeSpan.Zero ? after + Every : null;

    /// <summary>When it runs, for people.</summary>
    internal string When => string.Join(", ", ((string?[])
    [
        Schedule?.ToString(), SkipsMissed ? "missed times left out" : null, Every > TimeSpan.Zero ? $"every {Interval.Write(Every)}" : null,
        After.Count > 0 ? $"after {string.Join(" and ", After)}" : null,
    ]).OfType<string>());
}

/// <summary>Who may do what with loads.</summary>
/// <param name="Loaders">Roles that may load beside the owner.</param>
/// <param name="Readers">Roles that may read the quarantine.</param>
sealed record LoadingWish(IReadOnlyList<string> Loaders, IReadOnlyList<string> Readers)
{
    internal static LoadingWish None { get; } = new([], []);
}

/// <summary>The pipelines of one database as wanted.</summary>
/// <param name="Server">The server.</param>
/// <param name="Database">The database.</param>
/// <param name="Owner">Its owner, as whom loads run.</param>
/// <param name="Path">The YAML path.</param>
/// <param name="Folder">Where relative paths start.</param>
/// <param name="Pipelines">The pipelines by name.</param>
/// <param name="Loading">Who may do what.</param>
sealed record PipelinesSpec(string Server, string Database, string Owner, string Path, string Folder,
    IReadOnlyDictionary<string, PipelineWish> Pipelines, LoadingWish Loading)
{
    internal const string Key = "pipelines";
}
