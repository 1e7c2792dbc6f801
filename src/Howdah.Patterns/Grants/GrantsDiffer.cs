using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Grants;

/// <summary>A closed world for each object of ours: what is not declared is taken away, by whoever gave it.</summary>
static class GrantsDiffer
{
    internal const string Key = "grants";

    internal static Delta Diff(GrantsSpec spec, GrantsFacts seen)
    {
        var facts = Ownership.Foresee(spec, seen);
        var wanted = Wanted(spec, facts);
        var notes = new List<Diagnostic>();
        var steps = new List<Step>();
        var things = wanted.Keys.Concat(facts.Given.Keys).Distinct()
            .GroupBy(static key => key.Name)
            .OrderBy(static group => group.Key.Kind).ThenBy(static group => group.Key.Schema, StringComparer.Ordinal)
            .ThenBy(static group => group.Key.Name, StringComparer.Ordinal).ThenBy(static group => group.Key.Args, StringComparer.Ordinal);
        foreach (var thing in things)
        {
            if (Ours(spec, facts, thing.Key, notes))
                steps.AddRange(new GrantChanges(spec, thing.Key, Owner(spec, facts, thing.Key)).Steps(
                    [.. thing.Select(key => new Held(key.Column, key.Grantee, wanted.GetValueOrDefault(key) ?? [],
                        facts.Given.GetValueOrDefault(key) ?? []))]));
        }
        notes.AddRange(Unserved(spec, facts.Major));
        return new(steps, [.. notes.Distinct()]);
    }

    static Dictionary<(ObjectName Name, string Column, string Grantee), Dictionary<string, bool>> Wanted(GrantsSpec spec, GrantsFacts facts)
    {
        var wanted = new Dictionary<(ObjectName, string, string), Dictionary<string, bool>>();
        foreach (var grant in spec.Grants)
        {
            foreach (var (name, column) in grant.On.Named(spec.Database))
                Add(grant, name, column);
            foreach (var (kind, schema) in grant.On.Whole)
            {
                foreach (var name in facts.Owners.Keys.Where(name => name.Kind == kind && name.Schema == schema))
                    Add(grant, name, "");
            }
        }
        foreach (var grant in spec.Parameters)
        {
            foreach (var parameter in grant.On.Parameters)
                Add(grant, new(ObjectKind.Parameter, "", parameter), "");
        }
        // What things are born with those made earlier have as well: else two databases of one file would differ by their age.
        foreach (var birth in spec.Defaults)
        {
            foreach (var name in facts.Owners.Where(each => birth.On.Contains(each.Key.Kind)
                && (birth.For ?? [spec.Owner]).Contains(each.Value)
                && birth.In?.Contains(each.Key.Schema) != false).Select(static each => each.Key))
                Give(name, "", birth.To, birth.Privileges, birth.Grantable);
        }
        return wanted;

        void Add(GrantWish grant, ObjectName name, string column) => Give(name, column, grant.To, grant.Privileges, grant.Grantable);

        void Give(ObjectName name, string column, IReadOnlyList<string> to, IReadOnlyList<string>? which, bool grantable)
        {
            foreach (var grantee in to)
            {
                if (!wanted.TryGetValue((name, column, grantee), out var privileges))
                    wanted[(name, column, grantee)] = privileges = [];
                foreach (var privilege in which ?? PrivilegeWords.Of(name.Kind, column.Length > 0, facts.Major))
                    privileges[privilege] = (grantable && grantee != "public") || privileges.GetValueOrDefault(privilege);
            }
        }
    }

    // What this server is too old for.
    static IEnumerable<Diagnostic> Unserved(GrantsSpec spec, int major) =>
        from grant in spec.Grants
        from kind in grant.On.Named(spec.Database).Where(static each => each.Column.Length == 0).Select(static each => each.Name.Kind)
            .Concat(grant.On.Whole.Select(static each => each.Kind)).Distinct()
        from privilege in PrivilegeWords.Unserved(kind, grant.Privileges, major)
        select PrivilegeWords.Misfit(privilege, kind, major, grant.Path);

    // What is not there yet will be the owner's; parameters are the server's own.
    static string Owner(GrantsSpec spec, GrantsFacts facts, ObjectName name) =>
        facts.Owners.GetValueOrDefault(name) ?? (name.Kind == ObjectKind.Parameter ? "" : spec.Owner);

    // Objects of others in our schemas are reported and left alone.
    static bool Ours(GrantsSpec spec, GrantsFacts facts, ObjectName name, List<Diagnostic> notes)
    {
        if (!facts.Owners.TryGetValue(name, out var owner))
        {
            var mayCome = !facts.Known || spec.MigrationFiles > 0 || name.Kind
                is ObjectKind.Database or ObjectKind.Schema or ObjectKind.Parameter;
            if (!mayCome)
                notes.Add(Diagnostic.Error(GrantCodes.Missing, $"there is no {name.Text}, and no migration that could make it",
                    $"databases.{spec.Database}.grants"));
            return mayCome;
        }
        if (owner == spec.Owner || name.Kind is ObjectKind.Database or ObjectKind.Schema or ObjectKind.Parameter)
            return true;
        notes.Add(Diagnostic.Warning(Engine.Files.Codes.Undeclared,
            $"{name.Text} belongs to {owner}, not to {spec.Owner}: its privileges are left alone",
            $"databases.{spec.Database}.schemas",
                $"to bring it in: ALTER {name.Kind.ToString().ToUpperInvariant()} … OWNER TO {spec.Owner}"));
        return false;
    }
}
