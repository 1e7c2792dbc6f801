using System.Runtime.CompilerServices;
using Howdah.Engine.Proving;
using Howdah.Patterns.Data.Loading;
using Npgsql;

namespace Howdah.Patterns.Data;

static class DataProver
{
    internal static Attack Loaded { get; } = new("DAT-01", "Each declared file was loaded, exactly once", Gravity.Medium, false,
        "Looks for the record of each file's content; none, or one of another number of lines, is a break.", "Howdah");

    internal static async IAsyncEnumerable<Finding> ProveAsync(DataSpec spec, Arena arena, [EnumeratorCancellation] CancellationToken token)
    {
        await using var bout = await arena.EnterAsAdminAsync(token);
        foreach (var file in spec.Files)
        {
            var (rows, refusal) = await bout.TryAsync(
                b => b.ScalarAsync("select rows from howdah.loads where identity = $1", token, LoadIdentity.Of(spec.Folder, file)), token);
            var lines = await CsvLines.CountAsync(Path.Combine(spec.Folder, file.File), token);
            yield return refusal is not null and not { SqlState: PostgresErrorCodes.UndefinedTable }
                ? new(Loaded, DataSpec.Key, file.File, Verdict.Inconclusive, refusal.MessageText)
                : rows is long count
                    ? count == lines ? new(Loaded, DataSpec.Key, file.File, Verdict.Held, $"loaded once, {count} lines")
                        : new(Loaded, DataSpec.Key, file.File, Verdict.Broken, $"{count} lines are recorded, the file has {lines}",
                            "the record in howdah.loads was changed by hand: see what was loaded, then delete the record and load again")
                    : new(Loaded, DataSpec.Key, file.File, Verdict.Broken, "this content was not loaded", "howdah up loads it");
        }
    }
}
