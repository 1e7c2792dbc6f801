namespace Howdah.Engine.Files;

/// <summary>
/// Keeps secrets out of excerpts and messages. A line may be shown for quite another mistake and hold a password all the same, under a key
/// spelled wrongly at that; so what stands behind any key that is nearly a secret's is hidden, unless it is a reference.
/// </summary>
static class Masking
{
    const string Mask = "********";
    static readonly string[] SecretKeys = ["password", "passwd", "connection", "connection_string", "secret", "token"];

    /// <summary>The line with everything from the first possible secret on hidden.</summary>
    internal static string Line(string line)
    {
        for (var colon = line.IndexOf(':', StringComparison.Ordinal); colon >= 0; colon = line.IndexOf(':', colon + 1))
        {
            var value = line[(colon + 1)..].TrimStart();
            if (IsSecretKey(line[..colon]) && value.Length > 0 && !IsReference(value))
                return $"{line[..(colon + 1)]} {Mask}";
        }
        return LooksSecret(line) ? Mask : line;
    }

    /// <summary>A value for a message: itself in backticks, or words where it looks like a connection string.</summary>
    internal static string Quote(string text) => LooksSecret(text) ? "a text that may hold a secret" : $"`{text}`";

    static bool LooksSecret(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        return text.Contains("password=", StringComparison.OrdinalIgnoreCase) || text.Contains("pwd=", StringComparison.OrdinalIgnoreCase)
            || (scheme >= 0 && text.IndexOf('@', scheme) > 0);
    }

    static bool IsReference(string value) =>
        value.TrimStart('"', '\'').StartsWith("${", StringComparison.Ordinal) || value is ['{', ..] or ['[', ..] or ['#', ..] or ['*', ..];

    static bool IsSecretKey(string before)
    {
        var end = before.TrimEnd(' ', '"', '\'');
        var start = end.Length;
        while (start > 0 && (char.IsLetterOrDigit(end[start - 1]) || end[start - 1] is '_' or '-'))
            start--;
        return end.Length - start > 3 && end[start..] != "connection_limit" && Suggestion.Nearest(end[start..], SecretKeys) is not null;
    }
}
