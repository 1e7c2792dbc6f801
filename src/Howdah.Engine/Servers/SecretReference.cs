using Howdah.Engine.Files;

namespace Howdah.Engine.Servers;

/// <summary>Reads a reference back from its text.</summary>
static class SecretReference
{
    internal static SecretRef Parse(string text) => text is ['$', '{', .. var inside, '}']
        ? inside == "generated" ? new("generated", "") : new(inside.Split(':', 2)[0], inside.Split(':', 2)[^1])
        : throw new ArgumentException("not a reference to a secret", nameof(text));
}
