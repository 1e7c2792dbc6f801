namespace Howdah.Patterns.Pipelines;

/// <summary>A privilege on one of the tables of loads.</summary>
/// <param name="Table">The table in schema howdah.</param>
/// <param name="Role">Who has it.</param>
/// <param name="Privilege">Which; <c>update.raw</c> for one on a column.</param>
readonly record struct Right(string Table, string Role, string Privilege);

/// <summary>What is seen of loads.</summary>
/// <param name="Tables">The tables that are there.</param>
/// <param name="Strangers">Those of them that Howdah did not make.</param>
/// <param name="Once">Whether the index that keeps contents from coming twice is there and valid.</param>
/// <param name="Rights">Who may do what with them.</param>
/// <param name="Users">Who may enter schema howdah.</param>
sealed record PipelinesFacts(IReadOnlySet<string> Tables, IReadOnlyList<string> Strangers, bool Once, IReadOnlySet<Right> Rights,
    IReadOnlySet<string> Users);
