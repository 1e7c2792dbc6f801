using System.Runtime.InteropServices;
using ParquetSharp;
using ParquetSharp.Schema;

namespace Howdah.Loading.Tests;

/// <summary>A column of a file to be written: values as the format stores them, null where there is none.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Physical">How values are stored.</param>
/// <param name="Logical">What they mean.</param>
/// <param name="Values">bool, int, long, float, double, Int96, or byte[].</param>
/// <param name="Length">The length of bytes, where all have the same.</param>
/// <param name="Required">Whether the file says that no value is missing.</param>
sealed record MadeColumn(string Name, PhysicalType Physical, LogicalType Logical, IReadOnlyList<object?> Values, int Length = -1,
    bool Required = false)
{
    internal static MadeColumn Text(string name, params string?[] values) => new(name, PhysicalType.ByteArray, LogicalType.String(),
        [.. values.Select(static value => value is null ? null : System.Text.Encoding.UTF8.GetBytes(value))]);

    internal static MadeColumn Int(string name, params int?[] values) =>
        new(name, PhysicalType.Int32, LogicalType.None(), [.. values.Cast<object?>()]);
}

/// <summary>Writes Parquet files.</summary>
static class ParquetMaker
{
    /// <param name="columns">The columns, all of the same length.</param>
    /// <param name="group">Rows of a row group.</param>
    /// <param name="with">More to say about how it is written.</param>
    internal static byte[] Write(IReadOnlyList<MadeColumn> columns, int group = int.MaxValue,
        Func<WriterPropertiesBuilder, WriterPropertiesBuilder>? with = null)
    {
        using var schema = new GroupNode("schema", Repetition.Required, [.. columns.Select(static column => new PrimitiveNode(column.Name,
            column.Required ? Repetition.Required : Repetition.Optional, column.Logical, column.Physical, column.Length))]);
        using var builder = new WriterPropertiesBuilder();
        using var properties = (with?.Invoke(builder) ?? builder).Build();
        using var stream = new MemoryStream();
        using (var file = new ParquetFileWriter(stream, schema, properties, null, leaveOpen: true))
        {
            for (var from = 0; from < columns[0].Values.Count; from += Math.Min(group, columns[0].Values.Count))
            {
                using var rows = file.AppendRowGroup();
                foreach (var column in columns)
                {
                    using var writer = rows.NextColumn();
                    Put(writer, column, [.. column.Values.Skip(from).Take(group)]);
                }
            }
            file.Close();
        }
        return stream.ToArray();
    }

    static void Put(ColumnWriter writer, MadeColumn column, object?[] values)
    {
        short[] levels = column.Required ? [] : [.. values.Select(static value => value is null ? (short)0 : (short)1)];
        void Batch<T>(ColumnWriter<T> to, Func<object, T> of) where T : unmanaged =>
            to.WriteBatch(values.Length, levels, [], [.. values.Where(static value => value is not null).Select(value => of(value!))]);
        // Bytes have to stay where they are until they are written.
        var kept = values.OfType<byte[]>().Select(static bytes => GCHandle.Alloc(bytes, GCHandleType.Pinned)).ToList();
        var next = 0;
        switch (writer)
        {
            case ColumnWriter<bool> to:
                Batch(to, static value => (bool)value);
                break;
            case ColumnWriter<int> to:
                Batch(to, static value => (int)value);
                break;
            case ColumnWriter<long> to:
                Batch(to, static value => (long)value);
                break;
            case ColumnWriter<float> to:
                Batch(to, static value => (float)value);
                break;
            case ColumnWriter<double> to:
                Batch(to, static value => (double)value);
                break;
            case ColumnWriter<Int96> to:
                Batch(to, static value => (Int96)value);
                break;
            case ColumnWriter<ByteArray> to:
                Batch(to, value => new ByteArray(kept[next++].AddrOfPinnedObject(), ((byte[])value).Length));
                break;
            case ColumnWriter<FixedLenByteArray> to:
                Batch(to, _ => new FixedLenByteArray(kept[next++].AddrOfPinnedObject()));
                break;
            default:
                throw new ArgumentException($"no writer of {writer.Type}");
        }
        kept.ForEach(static handle => handle.Free());
    }
}
