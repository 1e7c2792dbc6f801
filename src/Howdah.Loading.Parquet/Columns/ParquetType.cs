using ParquetSharp;
using ParquetSharp.Schema;

namespace Howdah.Loading.Parquet.Columns;

/// <summary>What values of a column are.</summary>
enum Kind
{
    Boolean,
    Integer,
    Unsigned,
    Real,
    Decimal,
    Date,
    Time,
    Moment,
    OldMoment,
    Text,
    Json,
    Bytes,
    Uuid,
    Nothing,
}

/// <summary>How they are kept in a block.</summary>
enum Store
{
    Longs,
    Doubles,
    Bytes,
}

/// <summary>A column's type.</summary>
/// <param name="Kind">What values are.</param>
/// <param name="Store">How they are kept.</param>
/// <param name="Shown">The type's name, for messages.</param>
/// <param name="Level">The definition level of a value that is there; 0 where all are.</param>
/// <param name="Length">Of fixed length: how many bytes.</param>
/// <param name="Scale">Of decimals: how many stand behind the point.</param>
/// <param name="PerSecond">Of times: how many of their unit are a second.</param>
/// <param name="Utc">Of moments: whether they are moments, and not what some clock showed.</param>
/// <param name="Single">Of floating point: whether it came from four bytes or fewer.</param>
sealed record ParquetType(Kind Kind, Store Store, string Shown, short Level, int Length = 0, int Scale = 0, long PerSecond = 0,
    bool Utc = false, bool Single = false)
{
    /// <exception cref="LoadException">The column has values that are no single values, or of a kind that no column holds.</exception>
    internal static ParquetType Of(ColumnDescriptor? column, Node field, string file)
    {
        if (column is null || field is GroupNode || column.MaxRepetitionLevel > 0)
        {
            throw new LoadException($"{file}: the column {field.Name} is nested ({Nested(field)}), and a table's column takes one value: "
                + "flatten it where the file is written, or leave it out");
        }
        using var logical = Logical(() => column.LogicalType);
        return (logical is null ? null : Known(column, logical)) ?? throw new LoadException($"{file}: the column {field.Name} has the type "
            + $"{logical?.Type.ToString() ?? "unknown"} over {column.PhysicalType}, which is not read: write it as another type, or "
            + "leave it out");
    }

    /// <summary>What values mean; null for what is newer than the reader, or no type at all.</summary>
    static LogicalType? Logical(Func<LogicalType> read)
    {
        try
        {
            return read();
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    static string Nested(Node field) => Logical(() => field.LogicalType)?.Type switch
    {
        LogicalTypeEnum.List => "a list",
        LogicalTypeEnum.Map => "a map",
        _ => field.Repetition == Repetition.Repeated ? "a list" : "a group of columns",
    };

    static ParquetType? Known(ColumnDescriptor column, LogicalType logical)
    {
        var level = column.MaxDefinitionLevel;
        var physical = column.PhysicalType;
        var store = physical switch
        {
            PhysicalType.Boolean or PhysicalType.Int32 or PhysicalType.Int64 => Store.Longs,
            PhysicalType.Float or PhysicalType.Double => Store.Doubles,
            _ => Store.Bytes,
        };
        var length = physical == PhysicalType.FixedLenByteArray ? column.TypeLength : 0;
        return (logical, physical) switch
        {
            (DecimalLogicalType point, not PhysicalType.Boolean) when store != Store.Doubles =>
                new(Kind.Decimal, store, $"decimal({point.Precision},{point.Scale})", level, length, point.Scale),
            (TimestampLogicalType moment, PhysicalType.Int64) => new(Kind.Moment, store, moment.IsAdjustedToUtc ? "a moment (UTC)"
                : "a local time", level, PerSecond: PerSecondOf(moment.TimeUnit), Utc: moment.IsAdjustedToUtc),
            (TimeLogicalType time, PhysicalType.Int64 or PhysicalType.Int32) => new(Kind.Time, store, "a time of day", level,
                PerSecond: PerSecondOf(time.TimeUnit)),
            (IntLogicalType number, PhysicalType.Int32 or PhysicalType.Int64) => number.IsSigned
                ? new(Kind.Integer, store, $"int{number.BitWidth}", level)
                : new(Kind.Unsigned, store, $"uint{number.BitWidth}", level),
            _ => Known(logical.Type, physical, store, level, length),
        };
    }

    static ParquetType? Known(LogicalTypeEnum logical, PhysicalType physical, Store store, short level, int length) =>
        (logical, physical) switch
        {
            (LogicalTypeEnum.Date, PhysicalType.Int32) => new(Kind.Date, store, "a date", level),
            (LogicalTypeEnum.String or LogicalTypeEnum.Enum, PhysicalType.ByteArray) => new(Kind.Text, store, "a text", level),
            (LogicalTypeEnum.Json, PhysicalType.ByteArray) => new(Kind.Json, store, "JSON", level),
            (LogicalTypeEnum.Uuid, PhysicalType.FixedLenByteArray) when length == 16 => new(Kind.Uuid, store, "a UUID", level, length),
            (LogicalTypeEnum.Float16, PhysicalType.FixedLenByteArray) when length == 2 => new(Kind.Real, Store.Doubles, "float16", level,
                length, Single: true),
            // A column of nothing but NULL: its other type says nothing.
            (LogicalTypeEnum.Nil, _) => new(Kind.Nothing, store, "nothing", level, length),
            (LogicalTypeEnum.None or LogicalTypeEnum.Undefined or LogicalTypeEnum.Bson, _) => physical switch
            {
                PhysicalType.Boolean => new(Kind.Boolean, store, "boolean", level),
                PhysicalType.Int32 => new(Kind.Integer, store, "int32", level),
                PhysicalType.Int64 => new(Kind.Integer, store, "int64", level),
                PhysicalType.Float => new(Kind.Real, store, "float", level, Single: true),
                PhysicalType.Double => new(Kind.Real, store, "double", level),
                PhysicalType.Int96 => new(Kind.OldMoment, store, "a local time (int96)", level),
                PhysicalType.ByteArray => new(Kind.Bytes, store, "bytes", level),
                PhysicalType.FixedLenByteArray => new(Kind.Bytes, store, $"{length} bytes", level, length),
                _ => null,
            },
            _ => null,
        };

    static long PerSecondOf(TimeUnit unit) => unit switch
    {
        TimeUnit.Millis => 1000,
        TimeUnit.Micros => 1_000_000,
        _ => 1_000_000_000,
    };
}
