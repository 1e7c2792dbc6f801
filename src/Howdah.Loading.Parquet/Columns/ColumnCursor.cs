using ParquetSharp;

namespace Howdah.Loading.Parquet.Columns;

/// <summary>Reads one column of one row group, some rows at a time.</summary>
abstract class ColumnCursor(int column) : IDisposable
{
    internal const int Batch = 4096;

    /// <summary>Which of the file's columns it is.</summary>
    internal int Column => column;

    /// <summary>How many rows can be taken now, at least one.</summary>
    internal abstract int Ready();

    /// <summary>How many of them take no more than their share of memory; at least one.</summary>
    internal virtual int Within(int rows, long share, ref long used, int longest) => rows;

    /// <summary>Takes rows.</summary>
    internal abstract void Take(int rows, ColumnValues into, int longest);

    /// <summary>Passes rows over.</summary>
    internal abstract void Skip(long rows);

    public abstract void Dispose();

    internal static ColumnCursor Over(ColumnReader reader, int column, ParquetType type) => reader switch
    {
        ColumnReader<bool> each => new ColumnCursor<bool, PutBool>(each, column, type),
        ColumnReader<int> each => type.Kind == Kind.Unsigned ? new ColumnCursor<int, PutUnsigned>(each, column, type)
            : new ColumnCursor<int, PutInt>(each, column, type),
        ColumnReader<long> each => new ColumnCursor<long, PutLong>(each, column, type),
        ColumnReader<float> each => new ColumnCursor<float, PutFloat>(each, column, type),
        ColumnReader<double> each => new ColumnCursor<double, PutDouble>(each, column, type),
        ColumnReader<Int96> each => new ColumnCursor<Int96, PutInt96>(each, column, type),
        ColumnReader<ByteArray> each => new ColumnCursor<ByteArray, PutBytes>(each, column, type),
        ColumnReader<FixedLenByteArray> each => type.Store == Store.Doubles
            ? new ColumnCursor<FixedLenByteArray, PutHalf>(each, column, type)
            : new ColumnCursor<FixedLenByteArray, PutFixed>(each, column, type),
        _ => throw new InvalidOperationException($"no reader of {reader.Type}"),
    };
}

/// <summary>Puts a value of one physical type where the rows want it.</summary>
interface IPut<T>
{
    static abstract void Put(ColumnValues into, int row, in T value, ParquetType type, int longest);

    /// <summary>What a value takes beyond its place in the row.</summary>
    static virtual int Size(in T value) => 0;
}

sealed class ColumnCursor<T, TPut>(ColumnReader<T> reader, int column, ParquetType type) : ColumnCursor(column)
    where T : unmanaged
    where TPut : IPut<T>
{
    readonly T[] values = new T[Batch];
    readonly short[] levels = new short[Batch], repeats = new short[Batch];
    readonly short present = type.Level;
    int from, to, at;

    internal override int Ready()
    {
        while (from == to)
        {
            to = checked((int)reader.ReadBatch(Batch, levels, repeats, values, out _));
            (from, at) = (0, 0);
            if (to == 0)
                throw new EndOfStreamException("a column has fewer values than its row group has rows");
        }
        return to - from;
    }

    internal override int Within(int rows, long share, ref long used, int longest)
    {
        if (type.Store != Store.Bytes)
            return rows;
        for (int row = 0, value = at; row < rows; row++)
        {
            if (present > 0 && levels[from + row] < present)
                continue;
            var size = TPut.Size(values[value++]);
            used += size > longest ? 0 : size;
            if (used > share)
                return Math.Max(1, row);
        }
        return rows;
    }

    internal override void Take(int rows, ColumnValues into, int longest)
    {
        into.Clear();
        for (var row = 0; row < rows; row++)
        {
            into.Null[row] = present > 0 && levels[from + row] < present;
            if (!into.Null[row])
                TPut.Put(into, row, values[at++], type, longest);
        }
        from += rows;
    }

    internal override void Skip(long rows)
    {
        var here = (int)Math.Min(rows, to - from);
        for (var i = 0; i < here; i++)
            at += present > 0 && levels[from + i] < present ? 0 : 1;
        from += here;
        for (var left = rows - here; left > 0;)
        {
            var gone = reader.Skip(left);
            left -= gone > 0 ? gone : throw new EndOfStreamException("a column has fewer values than its row group has rows");
        }
    }

    public override void Dispose() => reader.Dispose();
}
