using System.Net;
using System.Text.Encodings.Web;
using Howdah.Engine.Files;

namespace Howdah.Cli.Output;

/// <summary>Puts a secret's reference where the secret stood, however the text around it had to spell it.</summary>
static class SecretMask
{
    // A very short secret would mask half of all words; it is no secret either.
    const int Shortest = 4;

    internal static string Apply(string text, IReadOnlyDictionary<string, SecretRef> revealed)
    {
        // The longest first: a connection string holds its password, and the whole says more than a part.
        foreach (var (secret, reference) in revealed.Where(each => each.Key.Length >= Shortest).OrderByDescending(each => each.Key.Length))
        {
            foreach (var spelling in Spellings(secret).OrderByDescending(each => each.Length))
                text = text.Replace(spelling, Name(reference), StringComparison.Ordinal);
        }
        return text;
    }

    // As SQL, CSV, JSON, URIs and markup write it.
    static HashSet<string> Spellings(string secret) =>
    [
        secret, secret.Replace("'", "''", StringComparison.Ordinal), secret.Replace("\"", "\"\"", StringComparison.Ordinal),
        secret.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal),
        JavaScriptEncoder.Default.Encode(secret), JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret),
        Uri.EscapeDataString(secret), WebUtility.UrlEncode(secret),
        WebUtility.HtmlEncode(secret), HtmlEncoder.Default.Encode(secret), System.Security.SecurityElement.Escape(secret),
    ];

    // The reference stands within JSON and quotes, so it must need no escape itself.
    static string Name(SecretRef reference) =>
        string.Concat(reference.ToString()
            .Select(each => each is '"' or '\'' or '\\' or '<' or '>' or '&' || char.IsControl(each) ? '_' : each));
}
