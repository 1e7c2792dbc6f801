using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>Whose a name in a migration is.</summary>
enum Whose
{
    /// <summary>A tenant's: each place has one of its own.</summary>
    Tenant,
    /// <summary>Read by all tenants: one at home for schemas, a copy in each database.</summary>
    Shared,
    /// <summary>The home database's: neither.</summary>
    Home,
}

/// <summary>
/// Which relations of home are the tenants': what the file declares, what stands in a place already (indexes, sequences, tables under their
/// former names), and what the migrations read so far made.
/// </summary>
/// <param name="declared">Tenants' tables as declared.</param>
/// <param name="shared">Shared tables as declared.</param>
/// <param name="inPlace">Names of all relations in the places.</param>
/// <param name="atHome">Names of all relations in the home schemas.</param>
sealed class TenantNames(IEnumerable<QName> declared, IEnumerable<QName> shared, IEnumerable<QName> inPlace, IEnumerable<QName> atHome)
{
    readonly HashSet<QName> tenants = [.. declared, .. inPlace.Except(shared)];
    readonly HashSet<QName> shared = [.. shared];
    readonly HashSet<QName> home = [.. atHome];

    /// <summary>The schemas in which tenants' tables are at home.</summary>
    internal IReadOnlySet<string> Schemas { get; } = declared.Select(static table => table.Schema).ToHashSet();

    internal Whose Of(QName name) => tenants.Contains(name) ? Whose.Tenant : shared.Contains(name) ? Whose.Shared : Whose.Home;

    internal Whose Of(IReadOnlyList<string> parts) => parts is [var schema, var name, ..] ? Of(new QName(schema, name)) : Whose.Home;

    /// <summary>Whether it is known as a relation of home's that is neither a tenant's nor shared.</summary>
    internal bool IsStranger(QName name) => Of(name) == Whose.Home && home.Contains(name);

    internal void Add(QName name, Whose whose)
    {
        if (whose == Whose.Tenant && !shared.Contains(name))
            tenants.Add(name);
        else
            home.Add(name);
    }
}
