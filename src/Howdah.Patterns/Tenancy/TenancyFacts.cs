using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Fanout;
using Howdah.Patterns.Tenancy.Leaves;
using Howdah.Patterns.Tenancy.Sparing;

namespace Howdah.Patterns.Tenancy;

/// <summary>What is seen of tenancy in a database.</summary>
/// <param name="Known">Whether the database is there to be looked at.</param>
/// <param name="IsSuperuser">Whether the role that applies may make event triggers.</param>
/// <param name="Tables">Ordinary and partitioned tables of the schemas concerned.</param>
/// <param name="Policies">All policies on them.</param>
/// <param name="Keys">Keys that do not carry the tenant.</param>
/// <param name="Parts">Tenancy's own functions, table and event trigger that are there.</param>
/// <param name="OwnedPolicies">Which policies Howdah made.</param>
/// <param name="User">The role that applies.</param>
/// <param name="Closed">Tenants that are not served in rows at home, in order.</param>
/// <param name="Keyed">Whether the key of signed contexts is the declared one, as far as could be compared.</param>
sealed record TenancyFacts(
    bool Known, bool IsSuperuser, IReadOnlyDictionary<QName, TableFacts> Tables, IReadOnlyList<PolicyFacts> Policies,
    IReadOnlyList<KeyFacts> Keys, IReadOnlyDictionary<string, PartFacts> Parts, IReadOnlySet<(QName, string)> OwnedPolicies,
    string User, IReadOnlyList<Guid> Closed, bool Keyed = true)
{
    /// <summary>Tenants' own schemas and databases.</summary>
    internal FanoutFacts Places { get; init; } = FanoutFacts.None;

    /// <summary>Databases made ahead.</summary>
    internal SparesFacts Spares { get; init; } = SparesFacts.None;

    /// <summary>Tenants' own partitions.</summary>
    internal LeavesFacts Leaves { get; init; } = LeavesFacts.None;
}

/// <summary>A table.</summary>
/// <param name="Enabled">Whether row-level security is enabled.</param>
/// <param name="Forced">Whether its owner is subject to it.</param>
/// <param name="ColumnType">The tenant column's type, of a domain the one under it; null where there is no such column.</param>
/// <param name="NotNull">Whether the column is NOT NULL.</param>
/// <param name="Part">Whether it is a partition or child of a tenant table.</param>
/// <param name="Domain">Whether the column's type is a domain.</param>
/// <param name="ByTenant">Whether it is partitioned by LIST of the column.</param>
sealed record TableFacts(bool Enabled, bool Forced, string? ColumnType, bool NotNull, bool Part = false, bool Domain = false,
    bool ByTenant = false);

/// <summary>A policy as the server writes it back.</summary>
sealed record PolicyFacts(QName Table, string Name, string Command, bool Permissive, IReadOnlyList<string> Roles, string? Using,
    string? Check);

/// <summary>A key that does not lead with the tenant column.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>p</c>rimary, <c>u</c>nique (or exclusion), a unique <c>i</c>ndex, <c>f</c>oreign.</param>
/// <param name="Definition">As the server writes it.</param>
sealed record KeyFacts(QName Table, string Name, string Kind, string Definition);

/// <summary>One of tenancy's own parts: everything that makes it what it is, as one text, so that any change shows.</summary>
sealed record PartFacts(string Definition, IReadOnlyList<string> Grantees);
