using System.Globalization;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Partitions;

/// <summary>How many locks one statement takes that needs a whole table: of each partition and each of its indexes.</summary>
static class LockNeed
{
    internal static long Of(int partitions, int indexes) => (1 + (long)partitions) * (1 + indexes);

    /// <summary>A warning where the server has no room for them.</summary>
    internal static Diagnostic? Warning(QName table, int partitions, int indexes, long room, string path) =>
        room == 0 || Of(partitions, indexes) <= room ? null : Diagnostic.Warning(Codes.Locks,
            Sentence(table, Of(partitions, indexes), room), path, Hint(Of(partitions, indexes), room));

    internal static string Sentence(QName table, long need, long room) => string.Create(CultureInfo.InvariantCulture,
        $"a statement that needs all of {table.Plain} locks {need:N0} tables and indexes, and the server has room for {room:N0}: ")
        + "it would fail with `out of shared memory`";

    internal static string Hint(long need, long room) =>
        $"raise max_locks_per_transaction at least {need / room + 1} times, which takes a restart; or take longer partitions";
}
