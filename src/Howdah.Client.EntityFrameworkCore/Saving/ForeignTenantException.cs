namespace Howdah.Client.EntityFrameworkCore;

/// <summary>
/// An entity to be saved has another tenant than the context: it was given one by hand, or tracked elsewhere. Nothing was sent.
/// </summary>
public sealed class ForeignTenantException : InvalidOperationException
{
    internal ForeignTenantException(string entity, string property, bool none) : base(none
        ? $"an entity of type {entity} to be changed has no tenant: set {property} to the context's before attaching it"
        : $"an entity of type {entity} has another tenant in {property} than the context: leave it empty when adding and keep it") =>
        Entity = entity;

    /// <summary>The entity's type.</summary>
    public string Entity { get; }
}
