using System.Security.Cryptography;
using System.Text;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Partitions;

/// <summary>Names of partitions, never longer than PostgreSQL keeps: it cuts with no more than a notice, and two cut may be one.</summary>
static class LeafName
{
    /// <summary>The name for a partition, none of <paramref name="taken"/>.</summary>
    internal static string For(string table, string suffix, IReadOnlySet<string> taken)
    {
        for (var number = 1; ; number++)
        {
            var name = Fit(table, number == 1 ? $"_{suffix}" : $"_{suffix}_{number}");
            if (!taken.Contains(name))
                return name;
        }
    }

    static string Fit(string table, string end)
    {
        if (Encoding.UTF8.GetByteCount(table) + end.Length <= Ident.MaxBytes)
            return table + end;
        // What was cut off is told apart by a hash of the whole.
        end = "_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(table)))[..8] + end;
        var room = Ident.MaxBytes - end.Length;
        var kept = new StringBuilder();
        foreach (var rune in table.EnumerateRunes())
        {
            if ((room -= rune.Utf8SequenceLength) < 0)
                break;
            kept.Append(rune);
        }
        return kept + end;
    }
}
