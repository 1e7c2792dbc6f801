using Howdah.Loading.Parquet.Writing;
using ParquetSharp;
using ParquetSharp.Schema;

namespace Howdah.Loading.Parquet;

/// <summary>Writes rows of PostgreSQL as Parquet, every value as it is.</summary>
public static class ParquetWriting
{
    const int Rows = 128 << 10;
    const long Bytes = 32 << 20;

    /// <summary>Writes what <c>COPY … TO STDOUT (FORMAT binary)</c> sends; memory hangs on a row group of at most 131,072 rows or about
    /// 32 MB, and on the longest value.</summary>
    /// <param name="copy">What is sent; read to its end.</param>
    /// <param name="columns">Its columns, in order.</param>
    /// <param name="file">Where it is written.</param>
    /// <param name="cancellationToken">To give up.</param>
    /// <returns>How many rows.</returns>
    /// <exception cref="FormatException">A value cannot be written as its column's type: an infinity, or no number.</exception>
    public static async Task<long> WriteAsync(Stream copy, IReadOnlyList<WrittenColumn> columns, Stream file,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(copy);
        ArgumentNullException.ThrowIfNull(columns);
        var reader = new CopyReader(copy);
        await reader.BeginAsync(cancellationToken).ConfigureAwait(false);
        WrittenCells[] cells = [.. columns.Select(WrittenCells.Of)];
        using var schema = new GroupNode("schema", Repetition.Required, [.. columns.Select(Node)]);
        using var builder = new WriterPropertiesBuilder();
        using var properties = builder.Compression(Compression.Zstd).Build();
        using var writer = new ParquetFileWriter(file, schema, properties, null, leaveOpen: true);
        long written = 0;
        var waiting = 0;
        for (int fields; (fields = await reader.RowAsync(cancellationToken).ConfigureAwait(false)) >= 0; waiting++)
        {
            if (fields != cells.Length)
                throw new FormatException($"a row has {fields} fields, and there are {cells.Length} columns");
            if (waiting >= Rows || cells.Sum(static cell => cell.Bytes) > Bytes)
            {
                Put(writer, cells);
                (written, waiting) = (written + waiting, 0);
            }
            foreach (var cell in cells)
            {
                var length = await reader.FieldAsync(cancellationToken).ConfigureAwait(false);
                if (length < 0)
                    cell.AddNull();
                else
                    cell.Add(reader.Taken(length));
            }
        }
        if (waiting > 0)
            Put(writer, cells);
        writer.Close();
        return written + waiting;
    }

    static void Put(ParquetFileWriter writer, WrittenCells[] cells)
    {
        using var rows = writer.AppendRowGroup();
        foreach (var cell in cells)
        {
            using var column = rows.NextColumn();
            cell.Put(column);
        }
    }

    static PrimitiveNode Node(WrittenColumn column)
    {
        var (physical, logical, length) = column.Type switch
        {
            WrittenType.Boolean => (PhysicalType.Boolean, LogicalType.None(), -1),
            WrittenType.SmallInt => (PhysicalType.Int32, LogicalType.Int(16, true), -1),
            WrittenType.Integer => (PhysicalType.Int32, LogicalType.None(), -1),
            WrittenType.BigInt => (PhysicalType.Int64, LogicalType.None(), -1),
            WrittenType.Real => (PhysicalType.Float, LogicalType.None(), -1),
            WrittenType.DoublePrecision => (PhysicalType.Double, LogicalType.None(), -1),
            WrittenType.Date => (PhysicalType.Int32, LogicalType.Date(), -1),
            WrittenType.Timestamp => (PhysicalType.Int64, LogicalType.Timestamp(false, TimeUnit.Micros), -1),
            WrittenType.TimestampTz => (PhysicalType.Int64, LogicalType.Timestamp(true, TimeUnit.Micros), -1),
            WrittenType.Numeric when column.Precision <= WrittenValues.LongDigits =>
                (PhysicalType.Int64, LogicalType.Decimal(column.Precision, column.Scale), -1),
            WrittenType.Numeric => (PhysicalType.FixedLenByteArray, LogicalType.Decimal(column.Precision, column.Scale),
                WrittenValues.Width(column.Precision)),
            WrittenType.Uuid => (PhysicalType.FixedLenByteArray, LogicalType.Uuid(), 16),
            WrittenType.Bytea => (PhysicalType.ByteArray, LogicalType.None(), -1),
            WrittenType.Json => (PhysicalType.ByteArray, LogicalType.Json(), -1),
            _ => (PhysicalType.ByteArray, LogicalType.String(), -1),
        };
        return new(column.Name, Repetition.Optional, logical, physical, length);
    }
}

/// <summary>A column that is written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Precision">Of <see cref="WrittenType.Numeric"/>: how many digits, at most 38.</param>
/// <param name="Scale">Of <see cref="WrittenType.Numeric"/>: how many of them stand behind the point.</param>
public sealed record WrittenColumn(string Name, WrittenType Type, int Precision = 0, int Scale = 0);

/// <summary>What a field of the COPY is, and what is made of it.</summary>
public enum WrittenType
{
    /// <summary>A text, and all that was cast to one.</summary>
    Text,
    /// <summary><c>json</c> or <c>jsonb</c>, cast to text.</summary>
    Json,
    /// <summary><c>boolean</c>.</summary>
    Boolean,
    /// <summary><c>smallint</c>.</summary>
    SmallInt,
    /// <summary><c>integer</c>.</summary>
    Integer,
    /// <summary><c>bigint</c>.</summary>
    BigInt,
    /// <summary><c>real</c>.</summary>
    Real,
    /// <summary><c>double precision</c>.</summary>
    DoublePrecision,
    /// <summary><c>numeric(p,s)</c>, cast to text; a decimal, which knows no NaN.</summary>
    Numeric,
    /// <summary><c>date</c>, which knows no infinities.</summary>
    Date,
    /// <summary><c>timestamp</c>: a local time, in microseconds.</summary>
    Timestamp,
    /// <summary><c>timestamptz</c>: a moment (UTC), in microseconds.</summary>
    TimestampTz,
    /// <summary><c>uuid</c>.</summary>
    Uuid,
    /// <summary><c>bytea</c>.</summary>
    Bytea,
}
