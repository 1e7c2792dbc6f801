using Howdah.Engine.Files;

namespace Howdah.Engine.Servers;

/// <summary>Reveals secrets by reference, at the moment of use; makes generated ones once and keeps them in the state folder
/// (0600).</summary>
public abstract class SecretStore
{
    /// <summary>The secret, or null with the reason (which names the reference and never the secret).</summary>
    public abstract string? Reveal(string server, string role, SecretRef reference, out string? problem);

    /// <summary>Every secret revealed so far, so that output can be checked and masked by value.</summary>
    public abstract IReadOnlyCollection<string> Revealed { get; }
}
