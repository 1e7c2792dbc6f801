using Howdah.Engine;

namespace Howdah.Patterns;

/// <summary>Every pattern that ships; their order is the order of work.</summary>
public static class Builtin
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Pattern> All { get; } = [];
}
