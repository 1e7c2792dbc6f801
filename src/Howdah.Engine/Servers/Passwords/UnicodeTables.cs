using System.Collections.Frozen;
using System.Globalization;

namespace Howdah.Engine.Servers.Passwords;

/// <summary>
/// Unicode 3.2 as far as passwords need it. Kept here because .NET normalizes nothing but ASCII where it runs without ICU, which is how
/// Howdah runs: silently, so that a password with an accent would have made a verifier that no client can meet.
/// </summary>
sealed class UnicodeTables
{
    static readonly Lazy<UnicodeTables> Loaded = new(Read);

    internal static UnicodeTables Instance => Loaded.Value;

    internal required Ranges Space { get; init; }
    internal required Ranges Nothing { get; init; }
    internal required Ranges Prohibited { get; init; }
    internal required Ranges Unassigned { get; init; }
    internal required Ranges RightToLeft { get; init; }
    internal required Ranges LeftToRight { get; init; }
    internal required FrozenDictionary<int, int[]> Decompositions { get; init; }
    internal required FrozenDictionary<int, int> Classes { get; init; }
    internal required FrozenDictionary<(int, int), int> Compositions { get; init; }

    static UnicodeTables Read()
    {
        using var stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream("unicode-3.2.txt")!;
        using var text = new StreamReader(stream);
        var sections = new Dictionary<string, List<string>>();
        List<string> current = [];
        while (text.ReadLine() is { } line)
        {
            if (line is ['[', .. var name, ']'])
                sections.Add(name, current = []);
            else if (line is not ['#', ..])
                current.AddRange(line.Split(' '));
        }
        return new()
        {
            Space = Ranges.Read(sections["space"]), Nothing = Ranges.Read(sections["nothing"]),
            Prohibited = Ranges.Read(sections["prohibited"]), Unassigned = Ranges.Read(sections["unassigned"]),
            RightToLeft = Ranges.Read(sections["rtl"]), LeftToRight = Ranges.Read(sections["ltr"]),
            Decompositions = sections["decompose"].Select(static each => each.Split('='))
                .ToFrozenDictionary(static each => Hex(each[0]), static each => Parts(each[1])),
            Classes = sections["class"].Select(static each => each.Split('=')).SelectMany(static each =>
                Ranges.Bounds(each[0]) is var (first, last)
                    ? Enumerable.Range(first, last - first + 1).Select(code => (Code: code, Class: Hex(each[1]))) : [])
                .ToFrozenDictionary(static each => each.Code, static each => each.Class),
            Compositions = sections["compose"].Select(static each => each.Split('='))
                .ToFrozenDictionary(static each => Parts(each[1]) is [var a, var b] ? (a, b) : throw new FormatException(each[1]),
                    static each => Hex(each[0])),
        };
    }

    static int[] Parts(string text) => [.. text.Split('+').Select(Hex)];

    static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>A set of code points, kept as sorted ranges.</summary>
    internal sealed class Ranges
    {
        readonly (int First, int Last)[] bounds;

        Ranges((int, int)[] bounds) => this.bounds = bounds;

        internal IReadOnlyList<(int First, int Last)> All => bounds;

        internal static Ranges Read(IEnumerable<string> words) => new([.. words.Select(Bounds)]);

        internal static (int First, int Last) Bounds(string word) =>
            word.Split('-') is [var first, var last] ? (Hex(first), Hex(last)) : (Hex(word), Hex(word));

        internal bool Contain(int code)
        {
            var (low, high) = (0, bounds.Length - 1);
            while (low <= high)
            {
                var middle = (low + high) / 2;
                if (code < bounds[middle].First)
                    high = middle - 1;
                else if (code > bounds[middle].Last)
                    low = middle + 1;
                else
                    return true;
            }
            return false;
        }
    }
}
