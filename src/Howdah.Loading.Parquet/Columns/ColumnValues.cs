namespace Howdah.Loading.Parquet.Columns;

/// <summary>One column's values of a block, by row.</summary>
sealed class ColumnValues(ParquetType type)
{
    /// <summary>Whether a row has none.</summary>
    internal bool[] Null { get; } = new bool[ColumnCursor.Batch];

    /// <summary>Whole numbers, and all that is one: truth, days, parts of a second, decimals without their point.</summary>
    internal long[] Longs { get; } = type.Store == Store.Longs ? new long[ColumnCursor.Batch] : [];

    /// <summary>Floating point.</summary>
    internal double[] Doubles { get; } = type.Store == Store.Doubles ? new double[ColumnCursor.Batch] : [];

    readonly (int From, int Length)[] places = type.Store == Store.Bytes ? new (int, int)[ColumnCursor.Batch] : [];
    byte[] heap = type.Store == Store.Bytes ? new byte[64 << 10] : [];
    int used;

    /// <summary>Bytes.</summary>
    internal ReadOnlySpan<byte> Bytes(int row) => heap.AsSpan(places[row].From, places[row].Length);

    /// <summary>How long a value is that was left out for its length; 0 for all others.</summary>
    internal int TooLong(int row) => places.Length > 0 && places[row].From < 0 ? places[row].Length : 0;

    internal void Clear()
    {
        used = 0;
        if (heap.Length > 4 << 20)
            heap = new byte[64 << 10];
    }

    internal void Omit(int row, int length) => places[row] = (-1, length);

    internal void Put(int row, IntPtr from, int length)
    {
        if (heap.Length - used < length)
            Array.Resize(ref heap, Math.Max(heap.Length * 2, checked(used + length)));
        if (length > 0)
            System.Runtime.InteropServices.Marshal.Copy(from, heap, used, length);
        places[row] = (used, length);
        used += length;
    }

    internal void Put(int row, ReadOnlySpan<byte> bytes)
    {
        if (heap.Length - used < bytes.Length)
            Array.Resize(ref heap, Math.Max(heap.Length * 2, checked(used + bytes.Length)));
        bytes.CopyTo(heap.AsSpan(used));
        places[row] = (used, bytes.Length);
        used += bytes.Length;
    }
}
