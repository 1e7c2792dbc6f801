using Npgsql;

namespace Howdah.Patterns.Migrations;

/// <summary>Tells where in a file the server found an error.</summary>
static class ErrorPlace
{
    internal static string Tell(PostgresException wrong, string text)
    {
        // Inside EXECUTE the position is the inner one; the block adds one newline before the file's text.
        var position = wrong.InternalPosition > 0 ? wrong.InternalPosition - 1 : wrong.Position;
        var line = position > 0 && position <= text.Length ? $"line {text[..position].Count(c => c == '\n') + 1}: " : "";
        var hint = wrong.SqlState == PostgresErrorCodes.FeatureNotSupported
            && wrong.MessageText.Contains("transaction", StringComparison.Ordinal)
            ? "; a migration is one transaction and may not end it: remove COMMIT and ROLLBACK"
            : wrong.MessageText.Contains("must include all partitioning columns", StringComparison.Ordinal)
            ? $"; {wrong.Detail} An index lives within one partition and cannot know the keys of the others: write "
                + "PRIMARY KEY (id, …) with all columns that the table is partitioned by; "
                + "the id alone is unique then only as long as one sequence gives it" : "";
        return $"{line}{wrong.MessageText} (SQLSTATE {wrong.SqlState}){hint}";
    }
}
