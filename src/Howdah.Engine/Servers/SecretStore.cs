using System.Text.RegularExpressions;
using Howdah.Engine.Files;

namespace Howdah.Engine.Servers;

/// <summary>Reveals secrets by reference, at the moment of use; makes generated ones once and keeps them in the state folder
/// (0600).</summary>
public abstract partial class SecretStore
{
    /// <summary>The secret, or null with the reason (which names the reference and never the secret).</summary>
    public abstract string? Reveal(string server, string role, SecretRef reference, out string? problem);

    /// <summary>A text given on a command line with what its references (<c>${env:NAME}</c>, <c>${file:PATH}</c>) stand for: whoever lists
    /// processes sees only the rest.</summary>
    /// <exception cref="ArgumentException">A reference reveals nothing; the message says which and what to do.</exception>
    public string Expand(string text) => Reference().Replace(text, match =>
        Reveal("", "", new(match.Groups[1].Value, match.Groups[2].Value), out var problem) ?? throw new ArgumentException(problem));

    [GeneratedRegex(@"\$\{(env|file):([^}]+)\}")]
    private static partial Regex Reference();

    /// <summary>Every secret revealed so far with its reference, so that output can show the one for the other.</summary>
    public abstract IReadOnlyDictionary<string, SecretRef> Revealed { get; }
}
