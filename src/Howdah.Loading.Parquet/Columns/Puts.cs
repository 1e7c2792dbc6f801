using System.Runtime.InteropServices;
using ParquetSharp;

namespace Howdah.Loading.Parquet.Columns;

readonly struct PutBool : IPut<bool>
{
    public static void Put(ColumnValues into, int row, in bool value, ParquetType type, int longest) => into.Longs[row] = value ? 1 : 0;
}

readonly struct PutInt : IPut<int>
{
    public static void Put(ColumnValues into, int row, in int value, ParquetType type, int longest) => into.Longs[row] = value;
}

readonly struct PutUnsigned : IPut<int>
{
    public static void Put(ColumnValues into, int row, in int value, ParquetType type, int longest) => into.Longs[row] = (uint)value;
}

readonly struct PutLong : IPut<long>
{
    public static void Put(ColumnValues into, int row, in long value, ParquetType type, int longest) => into.Longs[row] = value;
}

readonly struct PutFloat : IPut<float>
{
    public static void Put(ColumnValues into, int row, in float value, ParquetType type, int longest) => into.Doubles[row] = value;
}

readonly struct PutDouble : IPut<double>
{
    public static void Put(ColumnValues into, int row, in double value, ParquetType type, int longest) => into.Doubles[row] = value;
}

/// <summary>Floating point of two bytes.</summary>
readonly struct PutHalf : IPut<FixedLenByteArray>
{
    public static void Put(ColumnValues into, int row, in FixedLenByteArray value, ParquetType type, int longest) =>
        into.Doubles[row] = (double)BitConverter.UInt16BitsToHalf((ushort)Marshal.ReadInt16(value.Pointer));
}

/// <summary>Days and nanoseconds of old writers.</summary>
readonly struct PutInt96 : IPut<Int96>
{
    public static void Put(ColumnValues into, int row, in Int96 value, ParquetType type, int longest) =>
        into.Put(row, MemoryMarshal.AsBytes(new ReadOnlySpan<Int96>(in value)));
}

readonly struct PutBytes : IPut<ByteArray>
{
    public static int Size(in ByteArray value) => value.Length;

    public static void Put(ColumnValues into, int row, in ByteArray value, ParquetType type, int longest)
    {
        if (value.Length > longest)
            into.Omit(row, value.Length);
        else
            into.Put(row, value.Pointer, value.Length);
    }
}

readonly struct PutFixed : IPut<FixedLenByteArray>
{
    public static void Put(ColumnValues into, int row, in FixedLenByteArray value, ParquetType type, int longest)
    {
        if (type.Length > longest)
            into.Omit(row, type.Length);
        else
            into.Put(row, value.Pointer, type.Length);
    }
}
