using Howdah.Engine.Files;

namespace Howdah.Engine;

/// <summary>Binds patterns to every target of an estate.</summary>
static class Promises
{
    internal static IEnumerable<Promise> For(Estate estate, Pattern pattern)
    {
        IEnumerable<Target> targets = pattern.Scope == PatternScope.Server
            ? estate.Servers.Values.Select(server => new Target(estate, server, null))
            : estate.Databases.Select(database => new Target(estate, estate.Servers[database.Server], database));
        return targets.Select(pattern.Bind).OfType<Promise>();
    }

    internal static IReadOnlyList<Promise> For(Estate estate, IReadOnlyList<Pattern> patterns) =>
        [.. patterns.SelectMany(pattern => For(estate, pattern))];
}
