using System.Text.RegularExpressions;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Migrations;

/// <summary>An index that PostgreSQL keeps up to date and never uses.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Table">Its table.</param>
/// <param name="Owner">Who owns the table.</param>
/// <param name="Rebuildable">Whether REINDEX CONCURRENTLY takes it.</param>
/// <param name="Busy">Whether a session holds the lock under which indexes are built: then it may be about to become valid.</param>
/// <param name="Ours">Whether a migration made it.</param>
sealed record InvalidIndex(QName Name, QName Table, string Owner, bool Rebuildable, bool Busy, bool Ours);

/// <summary>Mends indexes of migrations that became invalid, and tells of other people's.</summary>
static partial class InvalidIndexes
{
    internal static (IReadOnlyList<Step> Steps, IReadOnlyList<Diagnostic> Notes) Diff(MigrationsSpec spec, MigrationsFacts facts,
        IReadOnlySet<QName> pending)
    {
        var steps = new List<Step>();
        var notes = new List<Diagnostic>();
        // What a pending migration is about to make is its own to clear; what is being built is left alone.
        foreach (var index in facts.InvalidIndexes
            .Where(index => index.Owner == spec.Owner && !index.Busy && !pending.Contains(index.Name)))
        {
            if (facts.IsRemainder(index))
                steps.Add(Step(spec, index, "leftover", StepAction.Drop, "what a rebuild that was cut off left",
                    Sql.Of($"drop index concurrently {index.Name}"), MigrationScript.Settled([], [index.Name])));
            else if (index is { Ours: true, Rebuildable: true })
                steps.Add(Step(spec, index, "rebuild", StepAction.Alter, "invalid: kept up to date and never used",
                    Sql.Of($"reindex index concurrently {index.Name}"), MigrationScript.Settled([index.Name], [])) with
                {
                    After = [.. facts.InvalidIndexes.Where(other => facts.IsRemainder(other) && Whole(other.Name) == index.Name)
                        .Select(other => Id(spec, other, "leftover"))],
                });
            else
                notes.Add(Diagnostic.Warning(Codes.Invalid, $"the index {index.Name.Plain} of {index.Table.Plain} in {spec.Database} is "
                    + "invalid: it slows writers down and helps no reader; it is not Howdah's, so it is left as it is", spec.Path,
                    $"REINDEX INDEX CONCURRENTLY {index.Name}, or DROP INDEX CONCURRENTLY {index.Name}"));
        }
        return (steps, notes);
    }

    // REINDEX CONCURRENTLY works on a twin with this ending; cut off, it leaves the twin (or the old one) invalid, to be dropped by hand.
    static bool IsRemainder(this MigrationsFacts facts, InvalidIndex index) =>
        Whole(index.Name) is { } whole && facts.OurIndexes.Contains(whole);

    static QName? Whole(QName name) =>
        Ending().Match(name.Name) is { Success: true } ending ? name with { Name = name.Name[..ending.Index] } : null;

    static string Id(MigrationsSpec spec, InvalidIndex index, string what) => $"migrations/{spec.Database}/index {index.Name.Plain}/{what}";

    static Step Step(MigrationsSpec spec, InvalidIndex index, string what, StepAction action, string detail, Sql sql, Sql done) => new()
    {
        Id = Id(spec, index, what),
        Server = spec.Server,
        Database = spec.Database,
        Pattern = MigrationsSpec.Key,
        Object = $"index {index.Name.Plain}",
        Action = action,
        Detail = detail,
        Transactional = false,
        Limits = Limits.Concurrent,
        Sql = [sql],
        Done = done,
    };

    [GeneratedRegex("_cc(new|old)[0-9]*$")]
    private static partial Regex Ending();
}
