using System.Buffers;
using System.Text.Json;
using Howdah.Loading.Inputs;
using Howdah.Loading.Parquet.Cells;
using Howdah.Loading.Parquet.Columns;

namespace Howdah.Loading.Parquet;

/// <summary>Some rows of a row group, column by column.</summary>
sealed class ColumnBlock : RecordBlock
{
    readonly IReadOnlyList<string> names;
    readonly JsonCell?[] cells;
    int group;
    long before;

    internal ColumnBlock(IReadOnlyList<string> names, IReadOnlyList<ParquetType?> types, LoadJob job) : base(0)
    {
        this.names = names;
        Values = [.. types.Select(static type => type is null ? null : new ColumnValues(type))];
        cells = [.. types.Select((type, i) => type is null ? null : new JsonCell(type, TargetOf(names[i], job), job.Reading.Zone))];
    }

    static string TargetOf(string name, LoadJob job) => job.Fields.Where(field => field.Filled == Filling.File && field.From == name)
        .Join(job.Target.Columns, static field => field.Column, static column => column.Name, static (_, column) => column.Type)
        .FirstOrDefault("text");

    /// <summary>The columns that are read, by their place in the file.</summary>
    internal ColumnValues?[] Values { get; }

    internal void Begin(long first, int rowGroup, long inGroup, int rows)
    {
        (Offset, group, before) = (first, rowGroup, inGroup);
        for (var i = 0; i < rows; i++)
            Add(new FoundRecord(i, i, 0, 0, first + i + 1, first + i + 1, RecordFault.None, 0, 0));
    }

    /// <summary>Where a row is, in words.</summary>
    internal string Place(int row) => $"row group {group + 1}, row {before + row + 1}";

    /// <summary>A row's values as a JSON object.</summary>
    internal byte[] Json(int row)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new() { SkipValidation = true }))
        {
            json.WriteStartObject();
            for (var i = 0; i < cells.Length; i++)
            {
                if (cells[i] is not { } cell)
                    continue;
                json.WritePropertyName(names[i]);
                cell.Write(Values[i]!, row, json);
            }
            json.WriteEndObject();
        }
        return bytes.WrittenSpan.ToArray();
    }

    internal override (byte[] Raw, long Length) Rejected(in FoundRecord record, int most)
    {
        var json = Json(record.Start);
        // A value that was too long was not read at all.
        var long_ = 0L;
        foreach (var column in Values)
            long_ += column?.TooLong(record.Start) ?? 0;
        return (json[..Math.Min(json.Length, most)], json.Length + long_);
    }

    // Whoever wants the row that the server refused reads it again; making it for each row would cost more than the load.
    internal override (byte[] Raw, long Length) Sent(in FoundRecord record, int most) => ([], 0);
}
