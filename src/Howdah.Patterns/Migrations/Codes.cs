namespace Howdah.Patterns.Migrations;

/// <summary>The diagnostics of migrations.</summary>
static class Codes
{
    internal const string Folder = "HOW0501";
    internal const string FileName = "HOW0502";
    internal const string Edited = "HOW0503";
    internal const string Missing = "HOW0504";
    internal const string Order = "HOW0505";
    internal const string Fails = "HOW0506";
    internal const string NotRehearsed = "HOW0507";

    internal const string Alone = "HOW0508";
    internal const string Invalid = "HOW0509";
    internal const string Gap = "HOW0511";

    internal static (string, string)[] All { get; } =
    [
        (Folder, "The migrations folder is not there."),
        (FileName, "A migration is not named NNNN_name.sql, or two have one number."),
        (Edited, "An applied migration was edited; it is never run again."),
        (Missing, "An applied migration is no longer in the folder."),
        (Order, "A new migration has a lower number than one already applied."),
        (Fails, "A pending migration fails in its rehearsal."),
        (NotRehearsed, "A pending migration could not be rehearsed; its hazards are not known."),
        (Alone, "A migration outside a transaction does something that could not be settled after a crash."),
        (Invalid, "An index that no migration made is invalid, on a table that a migration made."),
        (Gap, "A number is missing between two migrations."),
    ];
}
