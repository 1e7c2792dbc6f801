using System.Security.Cryptography;
using System.Text;

namespace Howdah.Engine.Proving;

/// <summary>The version of a catalogue of attacks: what was tried can be told from what was not thought of yet.</summary>
public static class AttackCatalogue
{
    /// <summary>How many attacks there are, and a hash over their ids and titles, whatever their order.</summary>
    public static string Version(IEnumerable<Attack> attacks)
    {
        var lines = attacks.Select(static attack => $"{attack.Id} {attack.Title}\n").Distinct().Order(StringComparer.Ordinal).ToList();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines)));
        return $"{lines.Count} attacks, {Convert.ToHexStringLower(hash)[..12]}";
    }
}
