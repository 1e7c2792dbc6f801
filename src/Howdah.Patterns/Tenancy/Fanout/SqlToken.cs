namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>What a piece of SQL is.</summary>
enum SqlTokenKind
{
    /// <summary>Blanks, line ends, comments: what stands between the others.</summary>
    Gap,
    /// <summary>An identifier or keyword without quotes.</summary>
    Word,
    /// <summary>An identifier in double quotes.</summary>
    Quoted,
    /// <summary>A text or bit string in single quotes, with its prefix.</summary>
    Text,
    /// <summary>A text between dollar signs.</summary>
    Dollar,
    /// <summary>A number.</summary>
    Number,
    /// <summary>A parameter: <c>$1</c>.</summary>
    Parameter,
    /// <summary>One character of an operator, a bracket, a comma, a dot.</summary>
    Symbol,
}

/// <summary>A piece of SQL; all pieces one after the other are the text, character by character.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Value">What it says: a word folded as the server folds it, an identifier or text without quotes, else as written.</param>
readonly record struct SqlToken(SqlTokenKind Kind, int Start, int Length, string Value)
{
    internal int End => Start + Length;

    /// <summary>Whether it can be (part of) a name.</summary>
    internal bool IsName => Kind is SqlTokenKind.Word or SqlTokenKind.Quoted;

    /// <summary>Whether it is this keyword.</summary>
    internal bool Is(string word) => Kind == SqlTokenKind.Word && Value == word;

    /// <summary>Whether it is one of these keywords.</summary>
    internal bool IsAny(params ReadOnlySpan<string> words) => Kind == SqlTokenKind.Word && words.Contains(Value);

    /// <summary>Whether it is this character.</summary>
    internal bool Is(char symbol) => Kind == SqlTokenKind.Symbol && Value[0] == symbol;
}
