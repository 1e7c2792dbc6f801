using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ParquetSharp;

namespace Howdah.Loading.Parquet.Writing;

/// <summary>The values of one column on their way into a row group.</summary>
abstract class WrittenCells
{
    readonly List<short> levels = [];

    /// <summary>About how many bytes are kept.</summary>
    internal long Bytes { get; private set; }

    internal void Add(ReadOnlySpan<byte> field)
    {
        Bytes += field.Length + 2;
        levels.Add(1);
        Keep(field);
    }

    internal void AddNull()
    {
        Bytes += 2;
        levels.Add(0);
    }

    internal void Put(ColumnWriter writer)
    {
        Put(writer, CollectionsMarshal.AsSpan(levels));
        levels.Clear();
        Bytes = 0;
    }

    protected abstract void Keep(ReadOnlySpan<byte> field);

    protected abstract void Put(ColumnWriter writer, ReadOnlySpan<short> present);

    internal static WrittenCells Of(WrittenColumn column) => column.Type switch
    {
        WrittenType.Boolean => new PlainCells<bool>(static field => field[0] != 0),
        WrittenType.SmallInt => new PlainCells<int>(static field => BinaryPrimitives.ReadInt16BigEndian(field)),
        WrittenType.Integer => new PlainCells<int>(BinaryPrimitives.ReadInt32BigEndian),
        WrittenType.BigInt => new PlainCells<long>(BinaryPrimitives.ReadInt64BigEndian),
        WrittenType.Real => new PlainCells<float>(BinaryPrimitives.ReadSingleBigEndian),
        WrittenType.DoublePrecision => new PlainCells<double>(BinaryPrimitives.ReadDoubleBigEndian),
        WrittenType.Date => new PlainCells<int>(field => WrittenValues.Days(column, field)),
        WrittenType.Timestamp or WrittenType.TimestampTz => new PlainCells<long>(field => WrittenValues.Micros(column, field)),
        WrittenType.Numeric when column.Precision <= WrittenValues.LongDigits => new PlainCells<long>(field =>
            (long)WrittenValues.Unscaled(column, field)),
        WrittenType.Numeric => new ByteCells(WrittenValues.Width(column.Precision), (field, to) =>
            BinaryPrimitives.WriteInt128BigEndian(to, WrittenValues.Unscaled(column, field))),
        WrittenType.Uuid => new ByteCells(16, null),
        _ => new ByteCells(0, null),
    };
}

delegate T FieldReader<T>(ReadOnlySpan<byte> field);

delegate void FieldWriter(ReadOnlySpan<byte> field, Span<byte> to);

/// <summary>Values of one size.</summary>
sealed class PlainCells<T>(FieldReader<T> read) : WrittenCells where T : unmanaged
{
    readonly List<T> values = [];

    protected override void Keep(ReadOnlySpan<byte> field) => values.Add(read(field));

    protected override void Put(ColumnWriter writer, ReadOnlySpan<short> present)
    {
        ((ColumnWriter<T>)writer).WriteBatch(present.Length, present, [], CollectionsMarshal.AsSpan(values));
        values.Clear();
    }
}

/// <summary>Bytes, one after the other.</summary>
/// <param name="width">How many each has; 0: as many as it has.</param>
/// <param name="write">Writes a value as the last bytes of 16; null: as they are.</param>
sealed class ByteCells(int width, FieldWriter? write) : WrittenCells
{
    readonly List<(int Start, int Length)> places = [];
    byte[] bytes = new byte[4096];
    int end;

    protected override void Keep(ReadOnlySpan<byte> field)
    {
        if (write is null)
        {
            Append(field);
            return;
        }
        Span<byte> wide = stackalloc byte[16];
        write(field, wide);
        Append(wide[(16 - width)..]);
    }

    void Append(ReadOnlySpan<byte> field)
    {
        if (bytes.Length - end < field.Length)
            Array.Resize(ref bytes, checked((int)Math.Min(Math.Max(bytes.Length * 2L, (long)end + field.Length), Array.MaxLength)));
        field.CopyTo(bytes.AsSpan(end));
        places.Add((end, field.Length));
        end += field.Length;
    }

    protected override void Put(ColumnWriter writer, ReadOnlySpan<short> present)
    {
        // Bytes have to stay where they are until they are written.
        var pinned = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        try
        {
            var first = pinned.AddrOfPinnedObject();
            if (writer is ColumnWriter<FixedLenByteArray> same)
                same.WriteBatch(present.Length, present, [], [.. places.Select(place => new FixedLenByteArray(first + place.Start))]);
            else
                ((ColumnWriter<ByteArray>)writer).WriteBatch(present.Length, present, [],
                    [.. places.Select(place => new ByteArray(first + place.Start, place.Length))]);
        }
        finally
        {
            pinned.Free();
        }
        places.Clear();
        end = 0;
        if (bytes.Length > 1 << 22)
            bytes = new byte[4096];
    }
}
