using Howdah.Loading.Copying;
using Howdah.Loading.Csv;
using Howdah.Loading.Inputs;
using Howdah.Loading.Parquet.Cells;
using Howdah.Loading.Parquet.Columns;

namespace Howdah.Loading.Parquet;

/// <summary>Rows out of typed columns.</summary>
sealed class ParquetRows : IRowEncoder
{
    readonly ColumnPlan[] plans;
    readonly Cell?[] cells;
    readonly int longest;

    /// <exception cref="LoadException">A column's type does not go into its target's.</exception>
    internal ParquetRows(IReadOnlyList<string> names, ColumnPlan[] plans, IReadOnlyList<ParquetType?> types, Reading reading,
        string file)
    {
        this.plans = plans;
        longest = reading.MaxFieldBytes;
        cells = [.. plans.Select(plan => plan.Source < 0 ? null : Cell.Of(types[plan.Source]!, plan, file, names[plan.Source], reading))];
    }

    public RowOutcome Encode(RecordBlock block, in FoundRecord record, CopyBuffer buffer, out RowFault? fault)
    {
        var columns = (ColumnBlock)block;
        var (row, begin) = (record.Start, buffer.Length);
        fault = null;
        buffer.Fields(plans.Length);
        for (var i = 0; i < plans.Length; i++)
        {
            var plan = plans[i];
            fault = cells[i] is not { } cell ? CsvRows.Filled(plan, block, record, buffer)
                : columns.Values[plan.Source]!.Null[row] ? CsvRows.Null(plan, buffer)
                : Field(cell, plan, columns.Values[plan.Source]!, row, buffer);
            if (fault is not null)
            {
                buffer.Length = begin;
                fault = fault with { Message = $"{fault.Message} ({columns.Place(row)})" };
                return RowOutcome.Rejected;
            }
        }
        return RowOutcome.Written;
    }

    RowFault? Field(Cell cell, ColumnPlan plan, ColumnValues values, int row, CopyBuffer buffer)
    {
        if (values.TooLong(row) is > 0 and var length)
        {
            return new(plan.Column.Name, Rules.FieldLength, "54000",
                $"the field has {length} bytes, more than the {longest} allowed");
        }
        return cell.Encode(values, row, buffer) is { } fault
            ? new(plan.Column.Name, fault.Rule, fault.SqlState, $"column {plan.Column.Name}: {fault.Message}") : null;
    }
}
