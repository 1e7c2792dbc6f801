namespace Howdah.Prover.Scouting;

/// <summary>What a person, or an estate, says about a database; empty where it is to be inferred.</summary>
/// <param name="TenantColumns">Names of columns that tell the tenant.</param>
/// <param name="Contexts">Settings that carry the tenant.</param>
/// <param name="Roles">Roles that attack; all that can log in where empty.</param>
public sealed record Hints(IReadOnlyList<string> TenantColumns, IReadOnlyList<string> Contexts, IReadOnlyList<string> Roles)
{
    /// <summary>Nothing is said.</summary>
    public static Hints None { get; } = new([], [], []);

    /// <summary>How a tenant is entered where its id alone is not the context (it is signed, or looked up).</summary>
    public Entrance Entrance { get; init; } = Entrance.Plain;
}
