using Howdah.Engine.Files;

namespace Howdah.Patterns.Grants;

/// <summary>Says what is wrong with grants and default privileges as they are written.</summary>
static class GrantsValidation
{
    // The newest version there is; what an older server lacks is told by the differ, which knows the server.
    const int Newest = 18;

    internal static IEnumerable<Diagnostic> Grants(GrantsSpec spec)
    {
        var seen = new Dictionary<(string Thing, string Grantee), GrantWish>();
        foreach (var grant in spec.Grants)
        {
            var named = grant.On.Named(spec.Database).ToList();
            var whole = grant.On.Whole.ToList();
            var parameters = grant.On.Parameters.Select(static name => (new ObjectName(ObjectKind.Parameter, "", name), "")).ToList();
            if (named.Count + whole.Count + parameters.Count == 0)
                yield return Diagnostic.Error(Codes.MissingKey, "the grant is on nothing", $"{grant.Path}.on",
                    "for example `tables: [store.orders]`");
            var kinds = named.Concat(parameters).Select(static each => (each.Item1.Kind, Columns: each.Item2.Length > 0))
                .Concat(whole.Select(static each => (each.Kind, false))).Distinct();
            foreach (var (kind, columns) in kinds)
            {
                var fitting = PrivilegeWords.Of(kind, columns, Newest).ToList();
                foreach (var privilege in (grant.Privileges ?? []).Where(privilege => !fitting.Contains(privilege)))
                {
                    yield return Diagnostic.Error(GrantCodes.Misfit,
                        $"there is no privilege {privilege} on {(columns ? "columns" : $"a {kind.ToString().ToLowerInvariant()}")}",
                        $"{grant.Path}.privileges", $"there are {string.Join(", ", fitting)}");
                }
            }
            if (grant.Grantable && grant.To.Contains("public"))
                yield return Diagnostic.Error(Codes.Conflict,
                    "what everybody has cannot be passed on: PostgreSQL refuses grant options for public", $"{grant.Path}.grantable");
            foreach (var schema in named.Select(static each => each.Name.Schema).Concat(whole.Select(static each => each.Schema))
                .Where(static name => name.Length > 0)
                .Distinct().Where(schema => !spec.Schemas.ContainsKey(schema)))
            {
                yield return Diagnostic.Error(GrantCodes.Undeclared, $"the schema `{schema}` is not declared in this database",
                    $"{grant.Path}.on",
                    "add it to schemas: grants are exact only for declared schemas");
            }
            var things = named.Concat(parameters)
                .Select(static each => each.Item2.Length > 0 ? $"column {each.Item2} of {each.Item1.Text}" : each.Item1.Text)
                .Concat(whole.Select(static each => $"all {each.Kind.ToString().ToLowerInvariant()}s of {each.Schema}"));
            foreach (var key in things.SelectMany(thing => grant.To.Select(grantee => (thing, grantee))))
            {
                if (!seen.TryAdd(key, grant))
                {
                    var first = seen[key].Place;
                    yield return Diagnostic.Error(GrantCodes.Twice, $"privileges of `{key.grantee}` on {key.thing} are declared twice: "
                        + $"also at {first.File}:{first.Line}:{first.Column}", grant.Path, "say them in one entry");
                }
            }
        }
    }

    internal static IEnumerable<Diagnostic> Defaults(GrantsSpec spec)
    {
        foreach (var wish in spec.Defaults)
        {
            foreach (var kind in wish.On)
            {
                var fitting = PrivilegeWords.Of(kind, columns: false, Newest).ToList();
                foreach (var privilege in (wish.Privileges ?? []).Where(privilege => !fitting.Contains(privilege)))
                {
                    yield return Diagnostic.Error(GrantCodes.Misfit,
                        $"there is no privilege {privilege} on a {kind.ToString().ToLowerInvariant()}",
                        $"{wish.Path}.privileges", $"there are {string.Join(", ", fitting)}");
                }
            }
            if (wish.In is not null && wish.On.Contains(ObjectKind.Schema))
                yield return Diagnostic.Error(Codes.Conflict, "schemas are in no schema", $"{wish.Path}.in", "leave `in` out");
            if (wish.Grantable && wish.To.Contains("public"))
                yield return Diagnostic.Error(Codes.Conflict,
                    "what everybody has cannot be passed on: PostgreSQL refuses grant options for public", $"{wish.Path}.grantable");
            foreach (var schema in (wish.In ?? []).Where(schema => !spec.Schemas.ContainsKey(schema)))
                yield return Diagnostic.Error(GrantCodes.Undeclared, $"the schema `{schema}` is not declared in this database",
                    $"{wish.Path}.in", "add it to schemas");
        }
    }
}

/// <summary>The diagnostics of this pattern.</summary>
static class GrantCodes
{
    internal const string Misfit = "HOW0411";
    internal const string Twice = "HOW0412";
    internal const string Undeclared = "HOW0413";
    internal const string Missing = "HOW0414";

    internal static IReadOnlyList<(string Code, string About)> All { get; } =
    [
        (Misfit, "A privilege does not exist for that kind of object."),
        (Twice, "Privileges of one role on one object are declared in two entries."),
        (Undeclared, "A grant concerns a schema that is not declared."),
        (Missing, "A grant is on an object that does not exist and that no pending migration can make."),
    ];
}
