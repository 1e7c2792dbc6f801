using Howdah.Engine.Catalogs;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Howdah.Engine.Upkeep;

namespace Howdah.Engine;

/// <summary>Where a pattern works.</summary>
public enum PatternScope
{
    /// <summary>Once per server, in its maintenance database: roles, databases.</summary>
    Server,
    /// <summary>Once per database.</summary>
    Database,
}

/// <summary>The place a promise is bound to.</summary>
/// <param name="Estate">The estate.</param>
/// <param name="Server">The server.</param>
/// <param name="Database">The database; null for patterns that work per server.</param>
public sealed record Target(Estate Estate, ServerSpec Server, DatabaseSpec? Database)
{
    /// <summary>The YAML path of the target, which diagnostics' paths start with.</summary>
    public string Path => Database is null ? $"servers.{Server.Name}" : $"databases.{Database.Name}";
}

/// <summary>A role that can log in, with the reference to its password.</summary>
/// <param name="Role">The role.</param>
/// <param name="Password">The reference.</param>
public sealed record Login(string Role, SecretRef Password);

/// <summary>
/// One promise that an estate can make: a value made of functions. Third parties write <c>[.. Builtin.All, Mine]</c>. The order of the list
/// is the
/// order of work within a database.
/// </summary>
public abstract class Pattern
{
    /// <summary>Its name in plans, findings and the file's documentation.</summary>
    public required string Key { get; init; }

    /// <summary>One sentence: what it promises.</summary>
    public required string About { get; init; }

    /// <summary>Where it works.</summary>
    public required PatternScope Scope { get; init; }

    /// <summary>The keys it reads.</summary>
    public required IReadOnlyList<Section> Sections { get; init; }

    /// <summary>The attacks its prover makes.</summary>
    public IReadOnlyList<Attack> Attacks { get; init; } = [];

    /// <summary>The diagnostics it can give: code and one sentence each, for the reference page.</summary>
    public IReadOnlyList<(string Code, string About)> Codes { get; init; } = [];

    /// <summary>Binds it to a target; null where the estate asks nothing of it there.</summary>
    internal abstract Promise? Bind(Target target);
}

/// <summary>A pattern with its own types for what is wanted and what is seen.</summary>
public sealed class Pattern<TSpec, TFacts> : Pattern where TSpec : class
{
    /// <summary>Takes its part of the estate; null where nothing is asked of it. Pure.</summary>
    public required Func<Target, TSpec?> Read { get; init; }

    /// <summary>Says what is wrong with the wish, all at once; paths are full. Pure.</summary>
    public Func<TSpec, IEnumerable<Diagnostic>> Validate { get; init; } = static _ => [];

    /// <summary>Passwords of roles that can log in, so that proofs and <c>howdah sql</c> can. Pure.</summary>
    public Func<TSpec, IEnumerable<Login>> Logins { get; init; } = static _ => [];

    /// <summary>Reads what is there, in a fixed number of queries.</summary>
    public required Func<TSpec, Catalog, CancellationToken, Task<TFacts>> Inspect { get; init; }

    /// <summary>
    /// Adds to the facts what only trying shows (what a migration locks and rewrites), on a scratch database; null for patterns that need
    /// none.
    /// Not called for a plan that may not write.
    /// </summary>
    public Func<TSpec, TFacts, Workshop, CancellationToken, Task<TFacts>>? Rehearse { get; init; }

    /// <summary>Says what to do. Pure: no clock, no connection, no randomness.</summary>
    public required Func<TSpec, TFacts, Delta> Diff { get; init; }

    /// <summary>Attacks the result.</summary>
    public Func<TSpec, Arena, CancellationToken, IAsyncEnumerable<Finding>>? Prove { get; init; }

    /// <summary>What is to be done again and again once it is applied. Pure.</summary>
    public Func<TSpec, IEnumerable<Chore>> Chores { get; init; } = static _ => [];

    internal override Promise? Bind(Target target) => Read(target) is { } spec ? new Bound(this, target, spec) : null;

    sealed class Bound(Pattern<TSpec, TFacts> pattern, Target target, TSpec spec) : Promise(pattern, target)
    {
        internal override IEnumerable<Diagnostic> Validate() => pattern.Validate(spec);

        internal override IEnumerable<Login> Logins() => pattern.Logins(spec);

        internal override IEnumerable<Chore> Chores() => pattern.Chores(spec);

        internal override async Task<Delta> PlanAsync(Catalog catalog, Workshop? workshop, CancellationToken token)
        {
            var facts = await pattern.Inspect(spec, catalog, token);
            if (workshop is not null && pattern.Rehearse is { } rehearse)
                facts = await rehearse(spec, facts, workshop, token);
            return pattern.Diff(spec, facts);
        }

        internal override IAsyncEnumerable<Finding> ProveAsync(Arena arena, CancellationToken token) =>
            pattern.Prove?.Invoke(spec, arena, token) ?? AsyncEnumerable.Empty<Finding>();
    }
}

/// <summary>A pattern bound to a target: plan it, prove it.</summary>
abstract class Promise(Pattern pattern, Target target)
{
    internal Pattern Pattern => pattern;
    internal Target Target => target;
    internal abstract IEnumerable<Diagnostic> Validate();
    internal abstract IEnumerable<Login> Logins();
    internal abstract IEnumerable<Chore> Chores();
    internal abstract Task<Delta> PlanAsync(Catalog catalog, Workshop? workshop, CancellationToken token);
    internal abstract IAsyncEnumerable<Finding> ProveAsync(Arena arena, CancellationToken token);
}
