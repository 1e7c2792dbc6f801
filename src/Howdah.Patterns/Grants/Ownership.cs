namespace Howdah.Patterns.Grants;

/// <summary>
/// Whose the database and its schemas will be: earlier steps of the same plan give them to their declared owners, and what the last owner
/// had and gave goes with them, as ALTER … OWNER TO does it.
/// </summary>
static class Ownership
{
    internal static GrantsFacts Foresee(GrantsSpec spec, GrantsFacts facts)
    {
        var coming = spec.Schemas.Where(static each => each.Key != "public")
            .ToDictionary(static each => new ObjectName(ObjectKind.Schema, "", each.Key), static each => each.Value);
        coming[new(ObjectKind.Database, "", spec.Database)] = spec.Owner;
        var owners = facts.Owners.ToDictionary();
        var changed = new Dictionary<ObjectName, (string Last, string Next)>();
        foreach (var (name, next) in coming)
        {
            if (owners.TryGetValue(name, out var last) && last != next)
                changed[name] = (last, next);
            owners[name] = next;
        }
        if (changed.Count == 0)
            return facts with { Owners = owners };
        var given = facts.Given.Where(each => !changed.TryGetValue(each.Key.Name, out var owner) || each.Key.Grantee != owner.Next)
            .ToDictionary(static each => each.Key, IReadOnlyList<Given> (each) =>
                !changed.TryGetValue(each.Key.Name, out var owner) ? each.Value
                : [.. each.Value.Select(has => has.Grantor == owner.Last ? has with { Grantor = owner.Next } : has)
                    .GroupBy(static has => (has.Privilege, has.Grantor))
                    .Select(static same => same.First() with { Grantable = same.Any(static has => has.Grantable) })]);
        return facts with { Owners = owners, Given = given };
    }
}
