using System.Globalization;
using System.Text;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>Where archives lie.</summary>
static class ArchiveFolder
{
    /// <summary>The folder itself: what the file says, from the estate's folder on.</summary>
    internal static string Of(string estateFolder, string wanted) => Path.GetFullPath(Path.Combine(estateFolder, wanted));

    /// <summary>The manifest of one retirement, relative to the folder: no two retirements have the same.</summary>
    internal static string Manifest(string database, string parent, QName leaf, long id) =>
        Path.Combine(Safe(database), Safe(parent), $"{Safe(leaf.Name)}-{id.ToString(CultureInfo.InvariantCulture)}.json");

    // No name of the database leads out of the folder.
    static string Safe(string name)
    {
        var safe = new StringBuilder();
        foreach (var one in Encoding.UTF8.GetBytes(name))
        {
            if (char.IsAsciiLetterOrDigit((char)one) || one is (byte)'_' or (byte)'-' || one == '.' && safe.Length > 0)
                safe.Append((char)one);
            else
                safe.Append('%').Append(one.ToString("x2", CultureInfo.InvariantCulture));
        }
        return safe.ToString();
    }
}
