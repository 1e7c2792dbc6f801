namespace Howdah.Client;

/// <summary>Where a tenant is, as the registry says.</summary>
/// <param name="Model"><c>rows</c>, <c>schemas</c> or <c>databases</c>.</param>
/// <param name="Server">The estate's name of the server; null is home's.</param>
/// <param name="Role">The role to log in as; null is the application's own.</param>
/// <param name="Epoch">One more at every change.</param>
sealed record Placement(Guid Id, string State, string Model, string? Server, string? Database, string? Role, long Epoch)
{
    internal bool InRows => Model == "rows";

    /// <summary>Whether going there again would be going to the same place in the same state.</summary>
    internal bool SameAs(Placement other) => Epoch == other.Epoch && SamePlaceAs(other);

    internal bool SamePlaceAs(Placement other) => Model == other.Model && Server == other.Server
        && Database == other.Database
        && Role == other.Role;
}
