using Howdah.Loading.Types;

namespace Howdah.Loading.Copying;

/// <summary>One column of the rows that are sent: where in the file it is and how it is encoded.</summary>
/// <param name="Column">The target's.</param>
/// <param name="Field">What was declared.</param>
/// <param name="Encoder">For its type.</param>
/// <param name="Source">Which of the file's columns; −1: none.</param>
/// <param name="Nulls">Texts that are NULL.</param>
/// <param name="Default">What is sent for NULL, in the form of binary COPY, with its length; null: NULL.</param>
sealed record ColumnPlan(CopyColumn Column, LoadField Field, FieldEncoder Encoder, int Source, byte[][] Nulls, byte[]? Default)
{
    /// <summary>Encoders keep state: each stream has plans of its own.</summary>
    /// <param name="names">The file's columns.</param>
    /// <param name="where">What has the names.</param>
    internal static ColumnPlan[] Make(LoadJob job, IReadOnlyList<string> names, string input, string where = "the header")
    {
        var twice = names.GroupBy(static name => name).FirstOrDefault(static group => group.Count() > 1);
        if (twice is not null)
            throw new LoadException($"{input}: {where} has {Shown(twice.Key)} {twice.Count()} times: give each column its own name");
        var again = job.Fields.GroupBy(static field => field.Column).FirstOrDefault(static group => group.Count() > 1);
        if (again is not null)
            throw new LoadException($"column {again.Key} of {job.Target.Table} is filled twice: leave one of the two out");
        return [.. job.Fields.Select(field => Make(job, field, names, input, where))];
    }

    static ColumnPlan Make(LoadJob job, LoadField field, IReadOnlyList<string> names, string input, string where)
    {
        var column = job.Target.Columns.FirstOrDefault(each => each.Name == field.Column)
            ?? throw new LoadException($"{job.Target.Table} has no column {field.Column}: it has "
                + string.Join(", ", job.Target.Columns.Select(static each => each.Name)));
        if (column.Generated)
            throw new LoadException($"column {column.Name} of {job.Target.Table} is generated: the server computes it; do not fill it");
        var source = -1;
        if (field.Filled == Filling.File)
        {
            for (var i = 0; i < names.Count && source < 0; i++)
                source = names[i] == field.From ? i : -1;
            if (source < 0 && !field.Optional)
                throw new LoadException(Missing(field.From, names, input, where));
        }
        else if (field.Filled != Filling.Constant && column.Type != "int8")
        {
            throw new LoadException($"column {column.Name} is filled with numbers of lines, records or bytes, and has the type "
                + $"{column.Declared}: make it bigint");
        }
        var encoder = Encoders.Of(column, field, job.Reading);
        var plan = new ColumnPlan(column, field, encoder, source,
            [.. (field.Nulls ?? job.Reading.Nulls).Select(System.Text.Encoding.UTF8.GetBytes)], null);
        if (field.Default is not { } text)
            return plan;
        var buffer = new CopyBuffer();
        return encoder.Encode(System.Text.Encoding.UTF8.GetBytes(text), buffer) is { } fault
            ? throw new LoadException($"the default of column {column.Name}: {fault.Message}")
            : plan with { Default = buffer.Written.ToArray() };
    }

    static string Missing(string name, IReadOnlyList<string> names, string input, string where)
    {
        // What looks alike in print and is not: blanks, no-break spaces, case.
        static string Bare(string text) => text.Trim().Trim('\u00a0', '\u200b', '\ufeff').ToUpperInvariant();
        var near = names.FirstOrDefault(each => Bare(each) == Bare(name));
        return near is null ? $"{input}: there is no column {Shown(name)}: {where} has {string.Join(", ", names.Take(50).Select(Shown))}"
            : $"{input}: there is no column {Shown(name)}, but {Shown(near)}: write the source exactly as {where} has it";
    }

    static string Shown(string name) => "\"" + string.Concat(name.Take(80).Select(static each =>
        char.IsControl(each) || (each > '~' && !char.IsLetterOrDigit(each)) ? $"\\u{(int)each:x4}" : each.ToString())) + "\"";
}
