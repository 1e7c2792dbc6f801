using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>A place whose structure is not home's, though its version is.</summary>
/// <param name="Place">The place.</param>
/// <param name="Difference">The first difference, in words; null where it was not looked for.</param>
/// <param name="Privileges">Where nothing but privileges differs: the tables, and what the tenant's role should be able to do.</param>
sealed record PlaceDrift(TenantPlace Place, string? Difference, IReadOnlyList<(string Table, string Wanted)> Privileges)
{
    const string Suffix = " privileges";

    internal static PlaceDrift Of(TenantPlace place, IReadOnlyList<(string Object, string Text)> home,
        IReadOnlyList<(string Object, string Text)> seen)
    {
        var (wanted, there) = (Of(home), Of(seen));
        var differ = wanted.Keys.Union(there.Keys).Where(name => wanted.GetValueOrDefault(name) != there.GetValueOrDefault(name)).ToList();
        return new(place, Structures.First(home, seen), differ.All(static name => name.EndsWith(Suffix, StringComparison.Ordinal))
            ? [.. differ.Select(name => (name[..^Suffix.Length], wanted.GetValueOrDefault(name) ?? "")).Order()] : []);
    }

    static Dictionary<string, string> Of(IReadOnlyList<(string Object, string Text)> objects) =>
        objects.GroupBy(static each => each.Object).ToDictionary(static group => group.Key, static group => string.Concat(group.Select(
            static each => each.Text)));

    /// <summary>Gives the tenant's role what it should have, and nothing else.</summary>
    internal IEnumerable<Sql> Mend => Privileges.SelectMany(each => (Sql[])
    [
        Sql.Of($"revoke all on {new QName(Place.Place, each.Table)} from {new Ident(Place.Place)}"),
        .. each.Wanted.Length == 0 ? (Sql[])[]
        : [Sql.Of($"grant {Sql.List(each.Wanted.Split(", ").Select(static word => new Words(word)))} "
            + $"on {new QName(Place.Place, each.Table)} to {new Ident(Place.Place)}")],
    ]);
}
