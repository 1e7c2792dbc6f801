namespace Howdah.Engine.Servers.Passwords;

/// <summary>Unicode's normalization form KC, for the characters of Unicode 3.2 (UAX #15).</summary>
static class Nfkc
{
    // Hangul syllables are composed by arithmetic: leading consonant, vowel, trailing consonant.
    const int Syllables = 0xAC00, Leads = 0x1100, Vowels = 0x1161, Trails = 0x11A7;
    const int LeadCount = 19, VowelCount = 21, TrailCount = 28;

    internal static List<int> Of(IReadOnlyList<int> codes)
    {
        var tables = UnicodeTables.Instance;
        var apart = codes.SelectMany(code => Decompose(code, tables)).ToList();
        Order(apart, tables);
        return Compose(apart, tables);
    }

    static int[] Decompose(int code, UnicodeTables tables)
    {
        var index = code - Syllables;
        if (index is < 0 or >= LeadCount * VowelCount * TrailCount)
            return tables.Decompositions.GetValueOrDefault(code) ?? [code];
        var (lead, vowel, trail) = (Leads + index / (VowelCount * TrailCount), Vowels + index / TrailCount % VowelCount,
            Trails + index % TrailCount);
        return trail == Trails ? [lead, vowel] : [lead, vowel, trail];
    }

    // Marks in a row are sorted by their class, those of one class kept in order; a base (class 0) ends the row.
    static void Order(List<int> codes, UnicodeTables tables)
    {
        for (var i = 1; i < codes.Count; i++)
        {
            var mark = tables.Classes.GetValueOrDefault(codes[i]);
            for (var at = i; mark > 0 && at > 0 && tables.Classes.GetValueOrDefault(codes[at - 1]) > mark; at--)
                (codes[at - 1], codes[at]) = (codes[at], codes[at - 1]);
        }
    }

    static List<int> Compose(List<int> codes, UnicodeTables tables)
    {
        var result = new List<int>(codes.Count);
        var (start, last) = (-1, 0); // the base that may still grow, and the class of what was kept after it
        foreach (var code in codes)
        {
            var mark = tables.Classes.GetValueOrDefault(code);
            var blocked = start >= 0 && start < result.Count - 1 && (last == 0 || last >= mark);
            if (start >= 0 && !blocked && Pair(result[start], code, tables) is { } whole)
            {
                result[start] = whole;
                continue;
            }
            if (mark == 0)
                start = result.Count;
            last = mark;
            result.Add(code);
        }
        return result;
    }

    static int? Pair(int first, int second, UnicodeTables tables)
    {
        if (first - Leads is >= 0 and < LeadCount and var lead && second - Vowels is >= 0 and < VowelCount and var vowel)
            return Syllables + (lead * VowelCount + vowel) * TrailCount;
        if (first - Syllables is >= 0 and < LeadCount * VowelCount * TrailCount and var index && index % TrailCount == 0
            && second - Trails is > 0 and < TrailCount and var trail)
            return first + trail;
        return tables.Compositions.TryGetValue((first, second), out var whole) ? whole : null;
    }
}
