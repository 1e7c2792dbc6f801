using Howdah.Engine.Planning;

namespace Howdah.Prover.Live;

/// <summary>What an attack on a table plays for: a tenant A with, if possible, a row of its own, and a row of tenant B.</summary>
/// <param name="A">The tenant that attacks, as text.</param>
/// <param name="Own">Where its row is; null where it has none.</param>
/// <param name="B">The tenant that is attacked.</param>
/// <param name="Foreign">Where its row is.</param>
/// <param name="Values">B's row, each column as a literal; columns that the server computes are not in it.</param>
/// <param name="Small">Whether a statement without WHERE may be run on the table.</param>
/// <param name="ContextA">What the context must be for A to see its own row; null where no value was found that shows it.</param>
sealed record Stake(
    string A, Place? Own, string B, Place Foreign, IReadOnlyDictionary<short, Sql> Values, bool Small, string? ContextA)
{
    /// <summary>What the context must be for B, where it is not B itself.</summary>
    internal string? ContextB { get; init; }

    /// <summary>What the context is turned to when A turns to B.</summary>
    internal string TurnB => ContextB ?? B;
}

/// <summary>Where a row is: found in one step, whatever the size of the table.</summary>
/// <param name="Table">Its table, as a number.</param>
/// <param name="Row">Its place in it.</param>
/// <param name="Made">Whether it was made here, so that nobody else ever sees it.</param>
sealed record Place(string Table, string Row, bool Made = false)
{
    /// <summary>The condition that finds it.</summary>
    internal Sql Where => Sql.Of($"tableoid = {new Literal(Table)}::pg_catalog.oid and ctid = {new Literal(Row)}::pg_catalog.tid");

    /// <summary>The same without the table: for relations that have only one.</summary>
    internal Sql Tid => Sql.Of($"{new Literal(Row)}::pg_catalog.tid");
}
