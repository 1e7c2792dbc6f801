using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Prover.Live;

namespace Howdah.Prover.Fixing;

/// <summary>A step of the estate's with what it changes: which findings it closes. Pure.</summary>
sealed class Mending(Step step)
{
    // What puts a role above rights and policies; being able to make databases opens no table.
    static readonly string[] Above = ["NOSUPERUSER", "NOBYPASSRLS", "NOCREATEROLE"];

    readonly List<Touch> touches = [.. Touch.Of(step.SqlText)];

    /// <summary>The ids of the steps that close a finding; none where the estate does not declare what is broken.</summary>
    internal static IReadOnlyList<string> Closing(IReadOnlyList<Mending> steps, Finding finding)
    {
        var near = steps.Where(each => each.Reaches(finding)).ToList();
        var fix = FixSql.Runs(finding.Fix) ? Touch.Of(finding.Fix!).ToList() : [];
        // The nearest first: a step that changes what the fix would change; then what the finding's words name; last what its attacker is,
        // for rights that come by membership are on no table.
        foreach (var closes in (Func<Mending, bool>[])[
            each => each.touches.Exists(touch => fix.Exists(touch.Meets)), each => each.IsNamed(finding), each => each.IsOf(finding)])
        {
            if (near.Where(closes).Select(static each => each.Id).ToList() is { Count: > 0 } found)
                return found;
        }
        return [];
    }

    string Id => step.Id;

    // Roles are of the whole server, so their steps reach into every database of it.
    bool Reaches(Finding finding) => step.Server == finding.Server
        && (step.Database == finding.Database || step.Database is null || finding.Database is null);

    // `howdah apply: it lays the floor on shop.orders again`, from the prover of the same pattern.
    bool IsNamed(Finding finding) => step.Pattern == finding.Pattern && !FixSql.Runs(finding.Fix)
        && touches.Exists(touch => Names(finding.Fix, touch.Thing) || Names(finding.Evidence, touch.Thing)
            || finding.Targets.Any(target => Names(target, touch.Thing) || (touch.Role.Length > 0 && Names(target, touch.Role))));

    bool IsOf(Finding finding) => touches.Exists(touch => touch.Side switch
    {
        Side.Attributes => Above.Any(power => step.SqlText.Contains(power, StringComparison.Ordinal))
            && finding.Targets.Any(target => Attacks(target, touch.Thing)),
        Side.Membership => finding.Targets.Any(target => Attacks(target, touch.Role)) || Names(finding.Evidence, touch.Role),
        Side.Owner => finding.Targets.Any(target => Names(target, touch.Thing)),
        _ => false,
    });

    internal static bool Attacks(string target, string role) => Judge.Bare(target) == Judge.Bare(role)
        || Judge.Bare(target).EndsWith($" as {Judge.Bare(role)}", StringComparison.Ordinal);

    // As a whole word: `shop.orders` is not named by `shop.orders_old`.
    internal static bool Names(string? text, string thing)
    {
        if (text is null || thing.Length == 0)
            return false;
        (text, thing) = (Judge.Bare(text), Judge.Bare(thing));
        for (var at = -1; (at = text.IndexOf(thing, at + 1, StringComparison.Ordinal)) >= 0;)
        {
            if ((at == 0 || !IsName(text[at - 1])) && (at + thing.Length == text.Length || !IsName(text[at + thing.Length])))
                return true;
        }
        return false;
    }

    static bool IsName(char c) => char.IsLetterOrDigit(c) || c is '_' or '$';
}
