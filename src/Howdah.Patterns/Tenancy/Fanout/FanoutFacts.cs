using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>What is seen of tenants' places.</summary>
/// <param name="Migrations">Migrations that ran at home, in order.</param>
/// <param name="Places">The places.</param>
/// <param name="InPlace">Relations of the schema that is furthest behind, by their names at home; empty where none is behind.</param>
/// <param name="AtHome">Relations of the home schemas; empty where nobody is behind.</param>
/// <param name="Different">Schemas at home's version whose structure is not home's.</param>
sealed record FanoutFacts(IReadOnlyList<HomeMigration> Migrations, IReadOnlyList<TenantPlace> Places, IReadOnlyList<QName> InPlace,
    IReadOnlyList<QName> AtHome, IReadOnlyList<PlaceDrift> Different)
{
    internal static FanoutFacts None { get; } = new([], [], [], [], []);

    /// <summary>Every migration that will have run at home once the plan is done: those that did, and those that wait in the folder.
    /// </summary>
    internal IReadOnlyList<HomeMigration> Wanted(TenancySpec spec) =>
        [.. Migrations, .. spec.Files.Where(file => Migrations.All(each => each.Name != file.Name))];

    /// <summary>Places that lack one of them; a tenant on which work is under way is left to that work.</summary>
    internal IReadOnlyList<TenantPlace> Behind(TenancySpec spec) => Wanted(spec) is [.., var last]
        ? [.. Places.Where(place => !place.Moving && string.CompareOrdinal(place.Version, last.Name) < 0)] : [];
}
