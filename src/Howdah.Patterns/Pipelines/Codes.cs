namespace Howdah.Patterns.Pipelines;

/// <summary>The diagnostics of pipelines.</summary>
static class Codes
{
    internal const string Name = "HOW1001";
    internal const string Source = "HOW1002";
    internal const string Target = "HOW1003";
    internal const string Column = "HOW1004";
    internal const string Unknown = "HOW1005";
    internal const string Cycle = "HOW1006";
    internal const string Key = "HOW1007";
    internal const string Format = "HOW1008";
    internal const string Schedule = "HOW1009";

    internal static (string, string)[] All { get; } =
    [
        (Name, "A pipeline's name that cannot be typed as a word, or that the tool uses itself."),
        (Source, "A pipeline has no source, or two."),
        (Target, "A pipeline has no target, or two."),
        (Column, "A column of a pipeline says too much, or a name that the loader gives itself."),
        (Unknown, "A pipeline's reference to something that it does not declare."),
        (Cycle, "Pipelines wait for each other."),
        (Key, "A mode without the key it needs."),
        (Format, "A key of a format that says nothing of files of its type."),
        (Schedule, "A pipeline's times that cannot be: two ways to say when, a zone that is none, a day that never comes, missed or "
            + "timeout without times."),
    ];
}
