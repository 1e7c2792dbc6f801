using Howdah.Loading;

namespace Howdah.Patterns.Pipelines;

/// <summary>A source as a file that can be read again: what comes from elsewhere is kept in a file of its own for as long.</summary>
sealed class LoadSource : IDisposable
{
    readonly bool own;

    readonly FileFormat kind;

    LoadSource(string name, string path, bool own, PipelineWish wish)
    {
        Name = name;
        Path = path;
        this.own = own;
        kind = Kind(name, wish.Format);
        Raw = new(path, wish.Format with { Type = kind == FileFormat.Ndjson ? "ndjson" : "csv" });
    }

    /// <summary>What it is called in reports and in <c>howdah.load_batch</c>.</summary>
    internal string Name { get; }

    internal string Path { get; }

    /// <summary>Its records by where they begin.</summary>
    internal RawRecords Raw { get; }

    /// <summary>The batch whose refused rows these are; 0 for none.</summary>
    internal long RetryOf { get; init; }

    /// <summary>For a retry: the refused rows by the line they begin in here: their numbers and their lines in their own source.</summary>
    internal IReadOnlyDictionary<long, (long Id, long Line)> Origins { get; init; } = new Dictionary<long, (long, long)>();

    internal LoadInput Input => new(Name, LoadInput.File(Path).OpenAsync);

    internal static LoadSource File(string name, string path, PipelineWish wish) => new(name, path, false, wish);

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
        PipelineWish wish, string likeSource, CancellationToken token)
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
        var like = Kind(likeSource, wish.Format) == FileFormat.Ndjson ? "ndjson" : "csv";
        return new($"quarantine of batch {batch}", path, true, wish with { Format = wish.Format with { Type = like } })
        {
            RetryOf = batch, Origins = origins,
        };
    }

    /// <summary>What a source is: as declared, or by its name.</summary>
    internal static FileFormat Kind(string name, FormatWish format)
    {
        var plain = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3]
            : name.EndsWith(".zst", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
        return format.Type switch
        {
            "csv" => FileFormat.Csv,
            "ndjson" => FileFormat.Ndjson,
            _ => System.IO.Path.GetExtension(plain).ToUpperInvariant() switch
            {
                ".PARQUET" => throw new LoadException($"{name}: Parquet is not read yet; write it as CSV or as lines of JSON"),
                ".NDJSON" or ".JSONL" => FileFormat.Ndjson,
                _ => FileFormat.Csv,
            },
        };
    }

    /// <summary>How it is read.</summary>
    internal Reading Reading(PipelineWish wish)
    {
        var format = wish.Format;
        return new()
        {
            Format = kind,
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
            Zone = format.Zone is { } zone ? TimeZoneInfo.FindSystemTimeZoneById(zone) : null,
            BlankLines = BlankLines.Skip,
            MayBeEmpty = wish.Empty,
        };
    }

    public void Dispose()
    {
        if (own)
            System.IO.File.Delete(Path);
    }
}
