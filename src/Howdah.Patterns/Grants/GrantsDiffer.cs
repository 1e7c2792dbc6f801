using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Grants;

/// <summary>A closed world for each object of ours: what is not declared is taken away, by whoever gave it.</summary>
static class GrantsDiffer
{
    internal const string Key = "grants";

    internal static Delta Diff(GrantsSpec spec, GrantsFacts facts)
    {
        var wanted = Wanted(spec, facts);
        var notes = new List<Diagnostic>();
        var steps = new List<Step>();
        var keys = wanted.Keys.Concat(facts.Given.Keys).Distinct()
            .GroupBy(static key => (key.Name, key.Grantee))
            .OrderBy(static group => group.Key.Name.Kind).ThenBy(static group => group.Key.Name.Schema, StringComparer.Ordinal)
            .ThenBy(static group => group.Key.Name.Name, StringComparer.Ordinal)
                .ThenBy(static group => group.Key.Name.Args, StringComparer.Ordinal)
            .ThenBy(static group => group.Key.Grantee, StringComparer.Ordinal);
        foreach (var group in keys)
        {
            var (name, grantee) = group.Key;
            if (!Ours(spec, facts, name, notes) || facts.Owners.GetValueOrDefault(name) == grantee)
                continue;
            var changes = new GrantChanges(name, grantee, facts.Owners.GetValueOrDefault(name) ?? spec.Owner);
            foreach (var key in group.OrderBy(static key => key.Column, StringComparer.Ordinal))
                changes.Compare(key.Column, wanted.GetValueOrDefault(key) ?? [], facts.Given.GetValueOrDefault(key) ?? []);
            if (changes.Step(spec) is { } step)
                steps.Add(step);
        }
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
        // A function or a type that a pending migration makes is born open to everybody only if its maker's defaults say so; see
        // DefaultsDiffer.
        return wanted;

        void Add(GrantWish grant, ObjectName name, string column)
        {
            foreach (var grantee in grant.To)
            {
                if (!wanted.TryGetValue((name, column, grantee), out var privileges))
                    wanted[(name, column, grantee)] = privileges = [];
                foreach (var privilege in grant.Privileges ?? PrivilegeWords.Of(name.Kind, column.Length > 0, facts.Major))
                    privileges[privilege] = grant.Grantable || privileges.GetValueOrDefault(privilege);
            }
        }
    }

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
