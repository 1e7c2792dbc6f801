namespace Howdah.Engine.Servers.Passwords;

/// <summary>
/// SASLprep (RFC 4013) as PostgreSQL and libpq do it, so that a verifier made here fits what they make of the same password: they judge the
/// characters before normalization, and take a password that SASLprep refuses as it is.
/// </summary>
static class SaslPrep
{
    /// <summary>The password that verifiers are made of.</summary>
    internal static string Apply(string password)
    {
        if (password.All(char.IsAscii) || !IsUnicode(password))
            return password;
        var tables = UnicodeTables.Instance;
        var mapped = new List<int>(password.Length);
        foreach (var rune in password.EnumerateRunes())
        {
            // In this order: the zero width space stands in both tables.
            if (tables.Space.Contain(rune.Value))
                mapped.Add(' ');
            else if (!tables.Nothing.Contain(rune.Value))
                mapped.Add(rune.Value);
        }
        if (mapped.Count == 0 || mapped.Any(code => tables.Prohibited.Contain(code) || tables.Unassigned.Contain(code))
            || !DirectionHolds(mapped, tables))
            return password;
        return string.Concat(Nfkc.Of(mapped).Select(char.ConvertFromUtf32));
    }

    // RFC 3454, section 6: no left-to-right beside right-to-left, which must also begin and end the text.
    static bool DirectionHolds(List<int> codes, UnicodeTables tables) =>
        !codes.Any(tables.RightToLeft.Contain)
        || (!codes.Any(tables.LeftToRight.Contain) && tables.RightToLeft.Contain(codes[0]) && tables.RightToLeft.Contain(codes[^1]));

    // Half a surrogate pair is no character: runes would replace it.
    static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }
        return true;
    }
}
