using Howdah.Engine.Files;

namespace Howdah.Engine.Servers;

/// <summary>Reveals secrets by reference, at the moment of use; makes generated ones once and keeps them in the state folder
/// (0600).</summary>
public abstract class SecretStore
{
    /// <summary>The secret, or null with the reason (which names the reference and never the secret).</summary>
    public abstract string? Reveal(string server, string role, SecretRef reference, out string? problem);

    /// <summary>Every secret revealed so far with its reference, so that output can show the one for the other.</summary>
    public abstract IReadOnlyDictionary<string, SecretRef> Revealed { get; }
}
