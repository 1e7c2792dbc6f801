using Howdah.Loading.Copying;

namespace Howdah.Loading.Types;

/// <summary>What is wrong with a field: a rule, the server's code for it, and a sentence. Made only for fields that are wrong.</summary>
sealed record FieldFault(string Rule, string SqlState, string Message);

/// <summary>Turns the text of one field into the form that binary COPY wants of its column's type, or says what is wrong with it.</summary>
abstract class FieldEncoder
{
    /// <summary>Writes the field, or tells its fault; what was written then is dropped by who asked.</summary>
    /// <param name="text">UTF-8, or what stands in for it.</param>
    /// <param name="buffer">Where the field is written, with its length before it.</param>
    internal abstract FieldFault? Encode(ReadOnlySpan<byte> text, CopyBuffer buffer);

    /// <summary>Whether it takes an empty text in the way of any other.</summary>
    internal virtual bool IsText => false;

    protected static FieldFault Syntax(ReadOnlySpan<byte> text, string what, string state = "22P02") =>
        new(Rules.Syntax, state, $"{Shown(text)} is no {what}");

    protected static FieldFault OutOfRange(ReadOnlySpan<byte> text, string what, string state = "22003") =>
        new(Rules.Range, state, $"{Shown(text)} is out of the range of {what}");

    /// <summary>The beginning of a text, for a message.</summary>
    internal static string Shown(ReadOnlySpan<byte> text)
    {
        var begin = System.Text.Encoding.UTF8.GetString(text[..Math.Min(text.Length, 40)]).Replace('\0', '\u2400');
        return text.Length > 40 ? $"\"{begin}…\"" : $"\"{begin}\"";
    }
}
