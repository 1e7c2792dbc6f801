using Howdah.Engine;

namespace Howdah.Patterns.Migrations;

/// <summary>The team's own tables: plain SQL files, each run once.</summary>
static class MigrationsPattern
{
    internal static Pattern Value { get; } = new Pattern<MigrationsSpec, MigrationsFacts>
    {
        Key = MigrationsSpec.Key,
        About = "Every migration of the folder ran once, in order, unedited, and saw the rows of all tenants.",
        Scope = PatternScope.Database,
        Sections = [MigrationsSpec.Section],
        Codes = Codes.All,
        Attacks = [MigrationsProver.Rewrite],
        Read = Read,
        Validate = static spec => spec.Problems,
        Inspect = MigrationsInspector.InspectAsync,
        Rehearse = Rehearser.RehearseAsync,
        Diff = MigrationsDiffer.Diff,
        Prove = static (spec, arena, token) => MigrationsProver.ProveAsync(spec, arena.Logins, arena, token),
    };

    static MigrationsSpec? Read(Target target)
    {
        if (target.Database!.Get(MigrationsSpec.Section) is not { } folder)
            return null;
        var path = $"{target.Path}.{MigrationsSpec.Key}";
        var full = Path.GetFullPath(Path.Combine(target.Estate.Folder, folder));
        var (files, problems) = MigrationFiles.Read(full, path);
        return new(target.Server.Name, target.Database.Name, target.Database.Owner, path, full, files, problems);
    }
}
