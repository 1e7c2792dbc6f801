using Howdah.Loading;
using Howdah.Loading.Parquet;
using Howdah.Patterns.Pipelines.Querying;

namespace Howdah.Patterns.Pipelines;

/// <summary>A source as a file that can be read again: what comes from elsewhere is kept in a file of its own for as long.</summary>
sealed class LoadSource : IDisposable
{
    readonly bool own;

    readonly string kind;

    // A retry's is not the pipeline's.
    readonly FormatWish format;

    readonly string? wrong;

    // Rows as PostgreSQL wrote them: a line end in a field is one, and an empty line a row of one NULL.
    readonly bool exact;

    Func<CancellationToken, Task<string>>? fetch;

    LoadSource(string name, string path, bool own, PipelineWish wish, bool exact = false)
    {
        this.exact = exact;
        Name = name;
        Path = path;
        this.own = own;
        format = wish.Format;
        kind = Kind(name, wish.Format);
        if (kind != "parquet" && !exact && IsParquet(path))
        {
            if (wish.Format.Type is null)
                kind = "parquet";
            else
                wrong = $"{name} is a Parquet file, and its pipeline declares {kind}: take out format.type, or make it parquet";
        }
        Raw = kind == "parquet" ? new ParquetRecords(name, path) : new RawRecords(path, wish.Format with { Type = kind });
    }

    /// <summary>What it is called in reports and in <c>howdah.load_batch</c>.</summary>
    internal string Name { get; }

    internal string Path { get; }

    /// <summary>Its records by where they begin.</summary>
    internal IRawRecords Raw { get; }

    /// <summary>The batch whose refused rows these are; 0 for none.</summary>
    internal long RetryOf { get; init; }

    /// <summary>For a retry: the refused rows by the line they begin in here: their numbers and their lines in their own source.</summary>
    internal IReadOnlyDictionary<long, (long Id, long Line)> Origins { get; init; } = new Dictionary<long, (long, long)>();

    /// <summary>What the rows of a query are known by, once they are fetched; null for what is known by its bytes.</summary>
    internal string? Content { get; private set; }

    internal LoadInput Input => new(Name, LoadInput.File(Path).OpenAsync);

    internal static LoadSource File(string name, string path, PipelineWish wish) => new(name, path, false, wish);

    /// <summary>A query's rows, which <see cref="FetchAsync"/> fetches into a file that is gone with this.</summary>
    internal static LoadSource Of(RowFetch fetch, string name, PipelineWish wish, Action<long, long>? progress)
    {
        var path = System.IO.Path.GetTempFileName();
        string[] columns = [.. wish.Columns.Where(static each => each.Value.Staged).Select(static each => each.Value.From ?? each.Key)];
        return new(name, path, true, wish, exact: true) { fetch = token => fetch.RunAsync(path, columns, progress, token) };
    }

    /// <summary>Whether its rows come from another server, which may fail to give them.</summary>
    internal bool IsFetched => fetch is not null;

    /// <summary>Fetches the rows of a query, by who is alone on the pipeline: else older rows could come after newer ones.</summary>
    internal async Task FetchAsync(CancellationToken token)
    {
        if (fetch is not null)
            Content = await fetch(token);
    }

    /// <summary>Keeps bytes in a file that is gone with this.</summary>
    internal static async Task<LoadSource> KeepAsync(LoadInput input, PipelineWish wish, CancellationToken token)
    {
        var opened = await input.OpenAsync(token);
        await using var stream = opened.Stream;
        var path = System.IO.Path.GetTempFileName();
        try
        {
            await using var file = System.IO.File.Create(path);
            await stream.CopyToAsync(file, token);
            if (opened.Length is { } length && file.Length != length)
                throw new LoadException($"{input.Name} ended after {file.Length} of {length} bytes: load it again");
            return new(input.Name, path, true, wish);
        }
        catch
        {
            // Only to leave no copy behind; the exception goes on.
            System.IO.File.Delete(path);
            throw;
        }
    }

    /// <summary>Refused rows as a file: their header and they themselves.</summary>
    internal static async Task<LoadSource> RetryAsync(long batch, byte[]? header, IReadOnlyList<(long Id, long Line, byte[] Raw)> rows,
        PipelineWish wish, bool exact, CancellationToken token)
    {
        var path = System.IO.Path.GetTempFileName();
        var origins = new Dictionary<long, (long, long)>();
        await using (var file = System.IO.File.Create(path))
        {
            var at = 1L;
            foreach (var (id, line, record) in (header is null ? [] : ((long, long, byte[])[])[(0, 0, header)]).Concat(rows))
            {
                if (id > 0)
                    origins.Add(at, (id, line));
                await file.WriteAsync(record, token);
                file.WriteByte((byte)'\n');
                at += record.Count((byte)'\n') + 1;
            }
        }
        return new($"quarantine of batch {batch}", path, true, wish, exact)
        {
            RetryOf = batch, Origins = origins,
        };
    }

    static bool IsParquet(string path)
    {
        try
        {
            return ParquetFiles.IsParquet(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // Whoever loads it tells why.
            return false;
        }
    }

    /// <summary>What a source is, as declared or by its name.</summary>
    internal static string Kind(string name, FormatWish format)
    {
        var plain = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3]
            : name.EndsWith(".zst", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
        return format.Type ?? System.IO.Path.GetExtension(plain).ToUpperInvariant() switch
        {
            ".PARQUET" => "parquet",
            ".NDJSON" or ".JSONL" => "ndjson",
            _ => "csv",
        };
    }

    /// <summary>How it is read.</summary>
    internal Reading Reading(PipelineWish wish)
    {
        if (wrong is not null)
            throw new LoadException(wrong);
        var zone = format.Zone is { } declared ? TimeZoneInfo.FindSystemTimeZoneById(declared) : null;
        if (kind == "parquet")
            return new() { Reader = ParquetFiles.Reader, Zone = zone, MayBeEmpty = wish.Empty };
        return new()
        {
            Format = kind == "ndjson" ? FileFormat.Ndjson : FileFormat.Csv,
            Delimiter = format.Delimiter[0],
            Quote = format.Quote[0],
            Encoding = format.Encoding == "latin-1" ? "iso-8859-1" : format.Encoding,
            Header = format.Header,
            Columns = format.Header ? [] : [.. wish.Columns.Where(static each => each.Value.Staged)
                .Select(static each => each.Value.From ?? each.Key)],
            Nulls = format.Nulls,
            DecimalSeparator = format.Decimal[0],
            DateFormat = format.Date == "yyyy-MM-dd" ? null : format.Date,
            TimestampFormat = format.Timestamp == "iso" ? null : format.Timestamp,
            Zone = zone,
            BlankLines = exact ? BlankLines.Keep : BlankLines.Skip,
            MaxLinesInRecord = exact ? int.MaxValue : new Reading().MaxLinesInRecord,
            MayBeEmpty = wish.Empty,
        };
    }

    public void Dispose()
    {
        if (own)
            System.IO.File.Delete(Path);
    }
}
