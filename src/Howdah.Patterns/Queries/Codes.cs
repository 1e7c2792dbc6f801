namespace Howdah.Patterns.Queries;

/// <summary>The diagnostics of queries.</summary>
static class Codes
{
    internal const string Statement = "HOW1701";
    internal const string Parameter = "HOW1702";
    internal const string Table = "HOW1703";
    internal const string Whole = "HOW1704";

    internal static (string, string)[] All { get; } =
    [
        (Statement, "A declared query is not one statement."),
        (Parameter, "A parameter that a query names and does not declare, declares and does not name, or declares without the default "
            + "that its proof needs."),
        (Table, "A key under `prunes` is no `schema.table`."),
        (Whole, "A query says what it prunes of a table that is not partitioned."),
    ];
}
