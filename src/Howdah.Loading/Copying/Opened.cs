using Howdah.Loading.Csv;
using Howdah.Loading.Inputs;
using Howdah.Loading.Json;
using Howdah.Loading.Types;

namespace Howdah.Loading.Copying;

/// <summary>A file whose columns are known.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Blocks">Its records.</param>
/// <param name="Rows">Makes what turns them into rows, for each stream.</param>
/// <param name="Unused">Columns that no field reads.</param>
sealed record Opened(IContent Content, IBlockSource Blocks, Func<IRowEncoder> Rows, IReadOnlyList<string> Unused)
{
    internal static async ValueTask<Opened> OpenAsync(LoadInput input, LoadJob job, CancellationToken token)
    {
        if (job.Reading.Reader is { } other)
            return await other.OpenAsync(input, job, token).ConfigureAwait(false);
        var source = await ByteSource.OpenAsync(input, job.Reading, token).ConfigureAwait(false);
        try
        {
            return Of(source, input, job);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    static Opened Of(ByteSource source, LoadInput input, LoadJob job) => job.Reading.Format switch
    {
        FileFormat.Csv => Csv(source, input, job),
        FileFormat.Ndjson => Ndjson(source, input, job),
        _ => throw new ArgumentOutOfRangeException(nameof(job), job.Reading.Format, "no format that is read"),
    };

    static Opened Csv(ByteSource source, LoadInput input, LoadJob job)
    {
        var table = SingleBytes.Of(job.Reading);
        var blocks = new CsvBlocks(source, job.Reading);
        var names = job.Reading.Header ? blocks.ReadHeader(input.Name, bytes => Text(bytes.Span, table)) : job.Reading.Columns;
        if (names is null && !job.Reading.MayBeEmpty)
            throw new LoadException($"{input.Name} is empty: declare that it may be, or look at where it comes from");
        if (!job.Reading.Header && names is { Count: 0 })
            throw new LoadException($"{input.Name} is declared to have no header: name its columns in order");
        // An empty file that may be empty has the columns it should have.
        names ??= [.. job.Fields.Where(static field => field.Filled == Filling.File).Select(static field => field.From).Distinct()];
        ColumnPlan.Make(job, names, input.Name);
        var used = job.Fields.Where(static field => field.Filled == Filling.File).Select(static field => field.From).ToHashSet();
        return new(source, blocks, () => new CsvRows(ColumnPlan.Make(job, names, input.Name), job.Reading, names.Count, blocks.HeaderRaw,
            table), [.. names.Where(name => !used.Contains(name))]);
    }

    static Opened Ndjson(ByteSource source, LoadInput input, LoadJob job)
    {
        if (SingleBytes.Of(job.Reading) is not null)
            throw new LoadException($"{input.Name}: lines of JSON are UTF-8 or UTF-16, not {job.Reading.Encoding}");
        string[] names = [.. job.Fields.Where(static field => field.Filled == Filling.File).Select(static field => field.From).Distinct()];
        ColumnPlan.Make(job, names, input.Name);
        return new(source, new CsvBlocks(source, JsonRows.Lines(job.Reading)),
            () => new JsonRows(ColumnPlan.Make(job, names, input.Name), names, job.Reading), []);
    }

    static string? Text(ReadOnlySpan<byte> bytes, SingleBytes? table)
    {
        if (table is null)
            return System.Text.Unicode.Utf8.IsValid(bytes) ? System.Text.Encoding.UTF8.GetString(bytes) : null;
        var plain = new byte[bytes.Length * 3];
        var length = table.Decode(bytes, ref plain);
        return length < 0 ? null : System.Text.Encoding.UTF8.GetString(plain, 0, length);
    }
}
