namespace Howdah.Patterns.Schemas;

/// <summary>The diagnostics of schemas and extensions.</summary>
static class Codes
{
    internal const string Reserved = "HOW0401";
    internal const string Unavailable = "HOW0402";
    internal const string NoPath = "HOW0403";
    internal const string Elsewhere = "HOW0404";

    internal static (string, string)[] All { get; } =
    [
        (Reserved, "A schema name that PostgreSQL or Howdah keeps for itself."),
        (Unavailable, "An extension, or the version asked for, is not installed on the server."),
        (NoPath, "An extension has no way to the version asked for."),
        (Elsewhere, "An extension sits in another schema and cannot be moved."),
    ];
}
