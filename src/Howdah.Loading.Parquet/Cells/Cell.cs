using Howdah.Loading.Copying;
using Howdah.Loading.Parquet.Columns;
using Howdah.Loading.Types;

namespace Howdah.Loading.Parquet.Cells;

/// <summary>Turns values of one column into the form that binary COPY wants of its target's type, or says what is wrong with one.</summary>
abstract class Cell
{
    internal abstract FieldFault? Encode(ColumnValues values, int row, CopyBuffer buffer);

    /// <exception cref="LoadException">Values of this type do not go into the target's.</exception>
    internal static Cell Of(ParquetType type, ColumnPlan plan, string file, string name, Reading reading)
    {
        // The file says of which types values are; how texts of other files are written says nothing here.
        var plain = new Reading { Zone = reading.Zone, DoubledHour = reading.DoubledHour, MissingHour = reading.MissingHour };
        FieldEncoder Encoder() => Encoders.Of(plan.Column, plan.Field, plain);
        return Numbers(type, plan, Encoder, reading.NotFinite) ?? Times(type, plan, reading, $"{file}: the column {name}")
            ?? (type.Kind, plan.Column.Type) switch
        {
            (Kind.Nothing, _) => new NothingCell(),
            (Kind.Boolean, "bool") => new BooleanCell(),
            (Kind.Uuid, "uuid") => new BytesCell(),
            (Kind.Bytes, "uuid") when type.Length == 16 => new BytesCell(),
            (Kind.Bytes, "bytea") => new BytesCell(),
            (Kind.Text or Kind.Json or Kind.Bytes, _) => new TextCell(plan, Encoder()),
            (_, "text" or "citext" or "varchar" or "bpchar") => new WrittenCell(type, Encoder()),
            _ => throw new LoadException($"{file}: the column {name} holds {type.Shown}, which is no {plan.Column.Declared}: declare the "
                + "column as what it is, and make of it what you want in SQL"),
        };
    }

    static Cell? Numbers(ParquetType type, ColumnPlan plan, Func<FieldEncoder> encoder, bool any) => (type.Kind, plan.Column.Type) switch
    {
        (Kind.Integer, "int2") => new WholeCell(2, false),
        (Kind.Integer, "int4") => new WholeCell(4, false),
        (Kind.Integer, "int8") => new WholeCell(8, false),
        (Kind.Unsigned, "int2") => new WholeCell(2, true),
        (Kind.Unsigned, "int4") => new WholeCell(4, true),
        (Kind.Unsigned, "int8") => new WholeCell(8, true),
        (Kind.Integer or Kind.Unsigned, "float4") => new WholeToRealCell(false, type.Kind == Kind.Unsigned),
        (Kind.Integer or Kind.Unsigned, "float8") => new WholeToRealCell(true, type.Kind == Kind.Unsigned),
        (Kind.Integer or Kind.Unsigned or Kind.Decimal, "numeric") => new NumericCell(type, plan.Column.Modifier, encoder()),
        (Kind.Decimal, "int2") => new DecimalToWholeCell(type, 2),
        (Kind.Decimal, "int4") => new DecimalToWholeCell(type, 4),
        (Kind.Decimal, "int8") => new DecimalToWholeCell(type, 8),
        (Kind.Real, "float4") => new RealCell(type, false, any),
        (Kind.Real, "float8") => new RealCell(type, true, any),
        (Kind.Real, "int2") => new RealToWholeCell(type, 2),
        (Kind.Real, "int4") => new RealToWholeCell(type, 4),
        (Kind.Real, "int8") => new RealToWholeCell(type, 8),
        // Shortest digits, checked as any text would be.
        (Kind.Real, "numeric") or (Kind.Decimal, "float4" or "float8") => new WrittenCell(type, encoder()),
        _ => null,
    };

    static Cell? Times(ParquetType type, ColumnPlan plan, Reading reading, string column)
    {
        var target = plan.Column.Type;
        var moment = type.Kind is Kind.Moment or Kind.OldMoment;
        if (moment && type.Utc && target is "timestamp" or "date" && reading.Zone is null)
        {
            throw new LoadException($"{column} holds moments (UTC), and {plan.Column.Name} has no time zone: declare the zone whose clocks "
                + "are meant, or make the column timestamptz");
        }
        if (((moment && !type.Utc) || type.Kind == Kind.Date) && target == "timestamptz" && reading.Zone is null)
        {
            throw new LoadException($"{column} holds {type.Shown}, and {plan.Column.Name} has a time zone: declare the zone of the file's "
                + "times");
        }
        return (type.Kind, target) switch
        {
            (Kind.Date, "date") => new DateCell(),
            (Kind.Date, "timestamp" or "timestamptz") or (Kind.Moment or Kind.OldMoment, "timestamp" or "timestamptz" or "date") =>
                new MomentCell(type, target, reading),
            (Kind.Time, "time") => new TimeCell(type),
            _ => null,
        };
    }

    protected static FieldFault Range(string value, string what) => new(Rules.Range, "22003", $"{value} is out of the range of {what}");

    protected static FieldFault Rounded(string value, string why) => new(Rules.Scale, "22003", $"{value} {why}: it would be rounded");

    /// <summary>Writes a whole number of the target's size.</summary>
    protected static FieldFault? Whole(Int128 value, int bytes, CopyBuffer buffer)
    {
        switch (bytes)
        {
            case 2 when value >= short.MinValue && value <= short.MaxValue:
                buffer.Int16((short)value);
                return null;
            case 4 when value >= int.MinValue && value <= int.MaxValue:
                buffer.Int32((int)value);
                return null;
            case 8 when value >= long.MinValue && value <= long.MaxValue:
                buffer.Int64((long)value);
                return null;
            default:
                return Range(value.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    bytes switch { 2 => "smallint", 4 => "integer", _ => "bigint" });
        }
    }
}

/// <summary>A column that says of itself to hold nothing.</summary>
sealed class NothingCell : Cell
{
    internal override FieldFault? Encode(ColumnValues values, int row, CopyBuffer buffer) =>
        new(Rules.Syntax, "22P02", "there is a value in a column that is declared to have none");
}

sealed class BooleanCell : Cell
{
    internal override FieldFault? Encode(ColumnValues values, int row, CopyBuffer buffer)
    {
        buffer.Bytes([(byte)values.Longs[row]]);
        return null;
    }
}

/// <summary>Bytes as they are; UUIDs too, which are written from left to right on both sides.</summary>
sealed class BytesCell : Cell
{
    internal override FieldFault? Encode(ColumnValues values, int row, CopyBuffer buffer)
    {
        buffer.Bytes(values.Bytes(row));
        return null;
    }
}

/// <summary>Texts, which go through the same checks as those of any file.</summary>
sealed class TextCell(ColumnPlan plan, FieldEncoder encoder) : Cell
{
    readonly bool plainly = !plan.Field.Trim && !plan.Field.QuotedNulls;

    internal override FieldFault? Encode(ColumnValues values, int row, CopyBuffer buffer)
    {
        var text = values.Bytes(row);
        if (plainly)
            return encoder.Encode(text, buffer);
        if (plan.Field.Trim)
            text = text.Trim(" \t"u8);
        if (!plan.Field.QuotedNulls || !Csv.CsvRows.IsNull(plan, text))
            return encoder.Encode(text, buffer);
        return Csv.CsvRows.Null(plan, buffer) is { } none ? new(none.Rule, none.SqlState, none.Message) : null;
    }
}

/// <summary>Values that go into the column as the text they would be.</summary>
sealed class WrittenCell(ParquetType type, FieldEncoder encoder) : Cell
{
    internal override FieldFault? Encode(ColumnValues values, int row, CopyBuffer buffer) =>
        encoder.Encode(System.Text.Encoding.UTF8.GetBytes(PlainText.Of(type, values, row)), buffer);
}
