namespace Howdah.Loading.Types;

/// <summary>Which encoder a column's type has.</summary>
static class Encoders
{
    internal static FieldEncoder Of(CopyColumn column, LoadField field, Reading reading)
    {
        var separator = reading.DecimalSeparator is '.' or ',' ? (byte)reading.DecimalSeparator
            : throw new LoadException($"the decimal separator '{reading.DecimalSeparator}' is neither a point nor a comma");
        DateFormat? Format(string? general) => (field.Format ?? general) is { } format ? new(format) : null;
        return column.Type switch
        {
            "int2" => new IntegerEncoder(2),
            "int4" => new IntegerEncoder(4),
            "int8" => new IntegerEncoder(8),
            "float4" => new FloatEncoder(false, separator),
            "float8" => new FloatEncoder(true, separator),
            "numeric" => new NumericEncoder(column.Modifier, separator),
            "bool" => new BooleanEncoder(reading.True, reading.False),
            "text" or "citext" => new TextEncoder(-1),
            "varchar" or "bpchar" => new TextEncoder(column.Modifier >= 4 ? column.Modifier - 4 : -1),
            "date" => new DateEncoder(Format(reading.DateFormat)),
            "time" => new TimeEncoder(Format(null)),
            "timestamp" => new TimestampEncoder(false, Format(reading.TimestampFormat), reading),
            "timestamptz" => new TimestampEncoder(true, Format(reading.TimestampFormat), reading),
            "uuid" => new UuidEncoder(),
            "json" => new JsonEncoder(false),
            "jsonb" => new JsonEncoder(true),
            "bytea" => new ByteaEncoder(),
            "enum" => new EnumEncoder(column.Labels, column.Declared),
            _ => throw new LoadException($"column {column.Name} has the type {column.Declared}, which is not sent as binary: load "
                + "into a staging table where it is text, and cast it from there"),
        };
    }
}
