namespace Howdah.Patterns.Pipelines;

/// <summary>Who may do what with the tables of loads: a closed world.</summary>
static class PipelinesRights
{
    internal const string Batches = "load_batch";
    internal const string Quarantine = "quarantine";

    /// <summary>What is remembered of schedules: for the role that applies alone.</summary>
    internal const string Runs = "load_run";

    /// <summary>The owner and loaders write batches and refused rows; who reads what was refused is declared, the owner settles it.
    /// </summary>
    internal static IReadOnlySet<Right> Wanted(PipelinesSpec spec)
    {
        var rights = new HashSet<Right>();
        foreach (var role in Loaders(spec))
        {
            rights.UnionWith(((string[])["select", "insert", "update"]).Select(privilege => new Right(Batches, role, privilege)));
            rights.Add(new(Quarantine, role, "insert"));
            // To count what a batch refused, without reading any of it; who reads all of it needs no more.
            if (role == spec.Owner || spec.Loading.Readers.Contains(role))
                continue;
            rights.UnionWith(((string[])["select.id", "select.batch", "select.line"])
                .Select(privilege => new Right(Quarantine, role, privilege)));
        }
        foreach (var role in spec.Loading.Readers.Append(spec.Owner))
        {
            rights.Add(new(Quarantine, role, "select"));
            rights.UnionWith(((string[])["update.resolved_at", "update.resolved_batch", "update.resolved_why", "update.raw",
                "update.line", "update.byte_offset"])
                .Select(privilege => new Right(Quarantine, role, privilege)));
            rights.Add(new(Batches, role, "select"));
        }
        return rights;
    }

    /// <summary>Who may enter the schema for it.</summary>
    internal static IReadOnlyList<string> Users(PipelinesSpec spec) =>
        [.. Loaders(spec).Concat(spec.Loading.Readers).Distinct().Order(StringComparer.Ordinal)];

    static IEnumerable<string> Loaders(PipelinesSpec spec) => spec.Loading.Loaders.Append(spec.Owner).Distinct();
}
