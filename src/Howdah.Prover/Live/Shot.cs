using Howdah.Engine.Planning;
using Howdah.Engine.Proving;

namespace Howdah.Prover.Live;

/// <summary>One try of an attack: statements that run one after the other between two savepoints.</summary>
/// <param name="Attack">The attack it belongs to.</param>
/// <param name="Name">What it is, in few words.</param>
/// <param name="Context">What the context is set to before; null leaves it as it is.</param>
/// <param name="Statement">The statement that decides, as a reader would run it.</param>
/// <param name="Body">PL/pgSQL that runs it and leaves in <c>n</c> how many rows it reached.</param>
/// <param name="Planted">
/// Whether a refusal by a constraint means that policies let the row in: policies are asked before constraints are.
/// </param>
sealed record Shot(Attack Attack, string Name, string? Context, Sql Statement, Sql Body, bool Planted = false)
{
    /// <summary>What closes this very hole; null where a floor under the table does.</summary>
    internal string? Fix { get; init; }

    /// <summary>What getting through means, where that is not rows reached.</summary>
    internal string? Told { get; init; }

    /// <summary>The constraint that must be the one to answer; null where none is asked.</summary>
    internal string? Rule { get; init; }

    /// <summary>What is attacked, where that is not the table.</summary>
    internal string? Target { get; init; }

    /// <summary>What a lint calls the cause, where that is not the table: an index, a constraint, a function.</summary>
    internal string? Cause { get; init; }

    /// <summary>Whether it would change rows if it got through.</summary>
    internal bool Writes => Attack == LiveAttacks.Update || Attack == LiveAttacks.Delete
        || Attack == LiveAttacks.GiveAway || Attack == LiveAttacks.Plant;

    /// <summary>A query that gives a number of rows.</summary>
    internal static Shot Count(Attack attack, string name, string? context, Sql query) =>
        new(attack, name, context, query, Sql.Of($"execute {new DollarQuoted(query.ToString())} into n;"));

    /// <summary>A statement that changes rows.</summary>
    internal static Shot Change(Attack attack, string name, string? context, Sql statement, bool planted = false) =>
        new(attack, name, context, statement,
            Sql.Of($"execute {new DollarQuoted(statement.ToString())}; get diagnostics n = row_count;"), planted);
}

/// <summary>What one try came to.</summary>
/// <param name="Rows">How many rows it reached; null where the server refused.</param>
/// <param name="State">The server's SQLSTATE where it refused.</param>
/// <param name="Message">Its message.</param>
sealed record Hit(Shot Shot, long? Rows, string State, string Message)
{
    /// <summary>What was seen, where that is not rows reached; it then got through.</summary>
    internal string? Told { get; init; }

    /// <summary>Whether it got through.</summary>
    internal bool Through => Told is not null || Rows > 0 
        || (Rows is null && Shot.Planted && State.StartsWith("23", StringComparison.Ordinal));

    /// <summary>Whether it says nothing: refused for a reason that is no defense.</summary>
    internal bool Unclear => Rows is null && !Through && State is not ("42501" or "42704" or "42P17" or "28000" or "P0001" or "44000")
        && !State.StartsWith("22", StringComparison.Ordinal);
}
