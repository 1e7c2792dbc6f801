namespace Howdah.Engine.Planning;

/// <summary>What a step does to its object; decides the symbol in the plan.</summary>
public enum StepAction
{
    /// <summary>Makes it.</summary>
    Create,
    /// <summary>Changes it in place.</summary>
    Alter,
    /// <summary>Removes it.</summary>
    Drop,
    /// <summary>Gives privileges or membership.</summary>
    Grant,
    /// <summary>Takes privileges or membership away.</summary>
    Revoke,
    /// <summary>Runs what a person wrote: a migration.</summary>
    Run,
}

/// <summary>The time-outs a step runs under; set on every step, so that none inherits a surprise from a role or a pooler.</summary>
/// <param name="Lock">The longest wait for one lock. PostgreSQL counts each lock anew.</param>
/// <param name="Statement">The longest run of one statement; zero means no limit, for steps as long as the data is large.</param>
public sealed record Limits(TimeSpan Lock, TimeSpan Statement)
{
    /// <summary>For steps that touch only catalogs: a lock within 200 ms (retried), done within 30 s.</summary>
    public static Limits Catalog { get; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30));

    /// <summary>For steps that read or write data: a lock within 200 ms (retried), no limit on the statement.</summary>
    public static Limits Data { get; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.Zero);

    /// <summary>For CONCURRENTLY, whose wait for old snapshots counts as a lock wait: no limit on either.</summary>
    public static Limits Concurrent { get; } = new(TimeSpan.Zero, TimeSpan.Zero);
}

/// <summary>An object that a step brings into Howdah's ownership, as <c>pg_get_object_address</c> takes it.</summary>
/// <param name="Type">The object type in PostgreSQL's words: <c>role</c>, <c>database</c>, <c>schema</c>, <c>table</c>, <c>policy</c>
/// …</param>
/// <param name="Name">The name's parts, outermost first: <c>[schema, table, policy]</c>.</param>
/// <param name="Args">Argument types where the type needs them (functions), else empty.</param>
public sealed record OwnedObject(string Type, IReadOnlyList<string> Name, IReadOnlyList<string> Args)
{
    /// <summary>An object without arguments.</summary>
    public OwnedObject(string type, params string[] name) : this(type, name, [])
    {
    }

    /// <summary>A text that tells this object from every other of the same database.</summary>
    public string Identity =>
        $"{Type} {string.Join('.', Name.Select(part => new Ident(part)))}"
        + $"{(Args.Count > 0 ? $"({string.Join(',', Args)})" : "")}";
}

/// <summary>
/// One thing to do: the plan line, the log line, the JSON and the SQL are this one record. Flat on purpose: it carries its SQL, so nothing
/// has to switch on what kind it is.
/// </summary>
public sealed record Step
{
    /// <summary>Stable and unique in the plan: <c>pattern/object/what</c>, the same for the same change to the same object.</summary>
    public required string Id { get; init; }
    /// <summary>The server's name in the estate.</summary>
    public required string Server { get; init; }
    /// <summary>The database it runs in; null for what belongs to the whole server (runs in the maintenance database).</summary>
    public string? Database { get; init; }
    /// <summary>The key of the pattern that wants it.</summary>
    public required string Pattern { get; init; }
    /// <summary>The object in words: <c>role store_app</c>.</summary>
    public required string Object { get; init; }
    /// <summary>What it does to the object.</summary>
    public required StepAction Action { get; init; }
    /// <summary>What changes, in a few words, for the right half of the plan line: <c>can log in; password ${generated}</c>.</summary>
    public string Detail { get; init; } = "";
    /// <summary>The statements, in order. Those of a non-transactional step are exactly one.</summary>
    public required IReadOnlyList<Sql> Sql { get; init; }
    /// <summary>Harms, each with its reason; empty where there is none.</summary>
    public IReadOnlyList<Hazard> Hazards { get; init; } = [];
    /// <summary>False for what PostgreSQL refuses in a transaction (CREATE DATABASE, CREATE INDEX CONCURRENTLY, ALTER SYSTEM …).</summary>
    public bool Transactional { get; init; } = true;
    /// <summary>Ids of steps that must come before; an id that is not in the plan is already satisfied.</summary>
    public IReadOnlyList<string> After { get; init; } = [];
    /// <summary>The time-outs it runs under.</summary>
    public Limits Limits { get; init; } = Limits.Catalog;
    /// <summary>
    /// One query giving one boolean from the catalogs: whether the step's effect is there. Required for non-transactional steps, which are
    /// settled by it after a crash; runs in the step's own database.
    /// </summary>
    public Sql? Done { get; init; }
    /// <summary>
    /// What does the step where one connection cannot: the same work in many places. Its SQL is then what each place gets, for people; its
    /// end is settled by <see cref="Done"/> as ever. Comes after everything else in the plan.
    /// </summary>
    internal Func<Session, Applying.ApplyOptions, CancellationToken, Task>? Work { get; init; }
    /// <summary>Objects that belong to Howdah once the step is done; recorded in the same transaction.</summary>
    public IReadOnlyList<OwnedObject> Owns { get; init; } = [];
    /// <summary>Objects that no longer belong to Howdah once the step is done.</summary>
    public IReadOnlyList<OwnedObject> Disowns { get; init; } = [];

    /// <summary>All statements as one text for people, each ended by a semicolon; secrets stand as their references.</summary>
    public string SqlText => string.Join("\n", Sql.Select(sql => sql.ToString().TrimEnd().TrimEnd(';') + ";"));
}
