using Howdah.Engine.Planning;

namespace Howdah.Patterns.Grants;

/// <summary>Default privileges: a closed world for each role that makes objects.</summary>
static class DefaultsDiffer
{
    internal const string Key = "default_privileges";

    static readonly (ObjectKind Kind, char Code, string Words)[] Kinds =
    [
        (ObjectKind.Table, 'r', "tables"), (ObjectKind.Sequence, 'S', "sequences"), (ObjectKind.Function, 'f', "functions"),
        (ObjectKind.Type, 'T', "types"), (ObjectKind.Schema, 'n', "schemas"),
    ];

    internal static IReadOnlyList<string> Creators(GrantsSpec spec) =>
        [.. spec.Defaults.SelectMany(static wish => wish.For ?? []).Append(spec.Owner).Distinct().Order(StringComparer.Ordinal)];

    internal static Delta Diff(GrantsSpec spec, DefaultsFacts facts)
    {
        var wanted = Wanted(spec, facts.Major);
        var seen = facts.Rows.Where(static row => row.Grantee is not null)
            .GroupBy(static row => new Slot(row.Creator, row.Schema, row.Kind, row.Grantee!))
            .ToDictionary(static group => group.Key, static group =>
                group.ToDictionary(static row => row.Privilege, static row => row.Grantable));
        // Without a row of its own the built-in default holds: everybody may call functions and use types.
        foreach (var creator in Creators(spec))
        {
            foreach (var (code, privilege) in (ReadOnlySpan<(char, string)>)[('f', "execute"), ('T', "usage")])
            {
                if (!facts.Rows.Any(row => row.Creator == creator && row.Schema.Length == 0 && row.Kind == code))
                    seen[new(creator, "", code, "public")] = new() { [privilege] = false };
            }
        }
        var steps = new List<Step>();
        foreach (var slot in wanted.Keys.Concat(seen.Keys).Distinct().OrderBy(static slot => slot.ToString(), StringComparer.Ordinal))
            Slot(spec, slot, wanted.GetValueOrDefault(slot) ?? [], seen.GetValueOrDefault(slot) ?? [], steps);
        return new(steps, [.. from wish in spec.Defaults
                              from kind in wish.On
                              from privilege in PrivilegeWords.Unserved(kind, wish.Privileges, facts.Major)
                              select PrivilegeWords.Misfit(privilege, kind, facts.Major, wish.Path)]);
    }

    static Dictionary<Slot, Dictionary<string, bool>> Wanted(GrantsSpec spec, int major)
    {
        var wanted = new Dictionary<Slot, Dictionary<string, bool>>();
        foreach (var wish in spec.Defaults)
        {
            foreach (var creator in wish.For ?? [spec.Owner])
            {
                foreach (var schema in wish.In ?? [""])
                {
                    foreach (var kind in wish.On)
                        Add(creator, schema, kind, wish.To, wish.Privileges, wish.Grantable);
                }
            }
        }
        // "All tables of a schema" means those to come as well.
        foreach (var grant in spec.Grants)
        {
            foreach (var (kind, schema) in grant.On.Whole)
                Add(spec.Owner, schema, kind, grant.To, grant.Privileges, grant.Grantable);
        }
        return wanted;

        void Add(string creator, string schema, ObjectKind kind, IReadOnlyList<string> to, IReadOnlyList<string>? privileges,
            bool grantable)
        {
            // Who makes a thing owns it, and has all there is on it.
            foreach (var grantee in to.Where(grantee => grantee != creator))
            {
                var slot = new Slot(creator, schema, Kinds.First(each => each.Kind == kind).Code, grantee);
                if (!wanted.TryGetValue(slot, out var all))
                    wanted[slot] = all = [];
                foreach (var privilege in privileges ?? PrivilegeWords.Of(kind, columns: false, major))
                    all[privilege] = grantable || all.GetValueOrDefault(privilege);
            }
        }
    }

    static void Slot(GrantsSpec spec, Slot slot, Dictionary<string, bool> wanted, Dictionary<string, bool> seen, List<Step> steps)
    {
        var sql = new List<Sql>();
        var words = new List<string>();
        var head = Sql.Of($"alter default privileges for role "
            + $"{new Ident(slot.Creator)}{(slot.Schema.Length > 0 ? Sql.Of($" in schema {new Ident(slot.Schema)}") : null)}");
        var what = new Words(Kinds.First(each => each.Code == slot.Kind).Words);
        var grantee = slot.Grantee == "public" ? Sql.Of($"public") : Sql.Of($"{new Ident(slot.Grantee)}");
        var gone = seen.Keys.Where(privilege => !wanted.ContainsKey(privilege) || (seen[privilege] && !wanted[privilege]))
            .Order(StringComparer.Ordinal).ToList();
        if (gone.Count > 0)
        {
            sql.Add(Sql.Of($"{head} revoke {Sql.List(gone.Select(static privilege => new Words(privilege)))} on {what} from {grantee}"));
            words.Add($"- {string.Join(", ", gone)}");
        }
        foreach (var pass in (bool[])[false, true])
        {
            var missing = wanted.Where(each => each.Value == pass && (!seen.TryGetValue(each.Key, out var has) || has != pass))
                .Select(static each => each.Key).Order(StringComparer.Ordinal).ToList();
            if (missing.Count == 0)
                continue;
            sql.Add(Sql.Of($"{head} grant {Sql.List(missing.Select(static privilege => new Words(privilege)))} on {what} to "
                + $"{grantee}{(pass ? Sql.Of($" with grant option") : null)}"));
            words.Add($"+ {string.Join(", ", missing)}{(pass ? " with grant option" : "")}");
        }
        if (sql.Count == 0)
            return;
        var place = slot.Schema.Length > 0 ? $" in {slot.Schema}" : "";
        steps.Add(new()
        {
            Id = $"{Key}/{spec.Database}/{slot.Creator}/{slot.Schema}/{what}/{slot.Grantee}",
            Server = spec.Server,
            Database = spec.Database,
            Pattern = Key,
            Object = $"{what} made by {slot.Creator}{place} for {slot.Grantee}",
            Action = gone.Count == 0 ? StepAction.Grant : wanted.Count == 0 ? StepAction.Revoke : StepAction.Alter,
            Detail = string.Join("  ", words),
            Sql = sql,
        });
    }
}

/// <summary>Where one default privilege stands: who makes, where, what, for whom.</summary>
sealed record Slot(string Creator, string Schema, char Kind, string Grantee);
