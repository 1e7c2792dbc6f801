using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Schemas;

static class SchemasDiffer
{
    internal static Delta Diff(SchemasSpec spec, SchemasFacts facts)
    {
        var steps = new List<Step>();
        var notes = new List<Diagnostic>();
        foreach (var owner in spec.Schemas.Values.Select(static wish => wish.Owner).OfType<string>().Distinct())
            Reach(spec, facts, owner, steps);
        foreach (var (name, wish) in spec.Schemas)
            Schema(spec, facts, name, wish, steps, notes);
        foreach (var (name, wish) in spec.Extensions)
            Extension(spec, facts, name, wish, steps, notes);
        return new(steps, notes);
    }

    // A role that is no superuser can give a schema only to a role that it can become. For the database's owner the database sees to that.
    static void Reach(SchemasSpec spec, SchemasFacts facts, string owner, List<Step> steps)
    {
        var user = facts.Server.User;
        if (facts.Server.IsSuperuser || owner == user || owner == spec.Owner || facts.Reach.GetValueOrDefault(owner))
            return;
        steps.Add(Step(spec, $"reach/{owner}", $"role {user}", StepAction.Grant, $"can become {owner}, to work on its schemas",
            Sql.Of($"grant {new Ident(owner)} to {new Ident(user)}"
                + $"{(facts.Server.Major >= 16 ? Sql.Of($" with inherit true, set true") : null)}")));
    }

    static void Schema(SchemasSpec spec, SchemasFacts facts, string name, SchemaWish wish, List<Step> steps, List<Diagnostic> notes)
    {
        var owner = wish.Owner ?? spec.Owner;
        if (!facts.Schemas.TryGetValue(name, out var seen))
        {
            var create = Sql.Of($"create schema {new Ident(name)} authorization {new Ident(owner)}");
            steps.Add(Step(spec, $"{name}/create", $"schema {name}", StepAction.Create, $"owner {owner}", create) with
            {
                // Default privileges still are what they were: whatever they give is given again, where it is declared, with the grants.
                Sql =
                [
                    create,
                    .. facts.Births[owner].Select(grantee => Sql.Of($"revoke all on schema {new Ident(name)} from "
                        + $"{(grantee == "public" ? Sql.Of($"public") : Sql.Of($"{new Ident(grantee)}"))}")),
                ],
                Owns = [new("schema", name)],
            });
            return;
        }
        if (!seen.Ours && !wish.Adopt && name != "public")
        {
            notes.Add(Diagnostic.Error(Engine.Files.Codes.Stranger,
                $"the schema {name} in {spec.Database} is not Howdah's; it is left as it is",
                $"{spec.Path}.schemas", $"to take it over: schemas: {{ {name}: {{ adopt: true }} }}"));
            return;
        }
        var sql = seen.Owner == owner ? Sql.Of($"select 1") : Sql.Of($"alter schema {new Ident(name)} owner to {new Ident(owner)}");
        if (!seen.Ours && wish.Adopt)
            steps.Add(Step(spec, $"{name}/adopt", $"schema {name}", StepAction.Alter, $"adopt; owner {owner}",
                sql) with { Owns = [new("schema", name)] });
        else if (seen.Owner != owner && name != "public")
            steps.Add(Step(spec, $"{name}/owner", $"schema {name}", StepAction.Alter, $"owner {seen.Owner} → {owner}", sql));
    }

    static void Extension(SchemasSpec spec, SchemasFacts facts, string name, ExtensionWish wish, List<Step> steps, List<Diagnostic> notes)
    {
        var path = $"{spec.Path}.extensions";
        if (!facts.Extensions.TryGetValue(name, out var seen))
        {
            var versions = facts.Available.GetValueOrDefault(name) ?? [];
            if (facts.Known && (versions.Count == 0 || (wish.Version is not null && !versions.Contains(wish.Version))))
            {
                notes.Add(Diagnostic.Error(Codes.Unavailable,
                    versions.Count == 0 ? $"the server has no extension {name}" : $"the server has no version {wish.Version} of {name}",
                        path,
                    versions.Count == 0 ? "install its package on the server (Debian: postgresql-N-… or postgresql-contrib)"
                        : $"it has {string.Join(", ", versions)}"));
                return;
            }
            var schema = wish.Schema is null ? null : Sql.Of($" schema {new Ident(wish.Schema)}");
            var version = wish.Version is null ? null : Sql.Of($" version {new Literal(wish.Version)}");
            var create = Sql.Of($"create extension {new Ident(name)}{schema}{version}");
            // Some may live in one schema only, which their own file names; the others go where the search path leads.
            steps.Add(Step(spec, $"extension/{name}/create", $"extension {name}", StepAction.Create, wish.Version ?? "", create) with
            {
                Sql = schema is not null ? [create] : [Sql.Of($"set search_path = public"), create, Sql.Of($"set search_path = ''")],
                Owns = [new("extension", name)],
            });
            return;
        }
        if (!seen.Ours && !wish.Adopt)
        {
            notes.Add(Diagnostic.Error(Engine.Files.Codes.Stranger,
                $"the extension {name} in {spec.Database} is not Howdah's; it is left as it is",
                path, $"to take it over: extensions: {{ {name}: {{ adopt: true }} }}"));
            return;
        }
        if (!seen.Ours)
            steps.Add(Step(spec, $"extension/{name}/adopt", $"extension {name}", StepAction.Alter, "adopt",
                Sql.Of($"select 1")) with { Owns = [new("extension", name)] });
        if (wish.Version is { } wanted && wanted != seen.Version)
        {
            if (seen.Reachable.Contains(wanted))
                steps.Add(Step(spec, $"extension/{name}/update", $"extension {name}", StepAction.Alter,
                    $"version {seen.Version} → {wanted}",
                    Sql.Of($"alter extension {new Ident(name)} update to {new Literal(wanted)}")));
            else
                notes.Add(Diagnostic.Error(Codes.NoPath, $"the extension {name} has no way from {seen.Version} to {wanted}", path,
                    "write the version that is there, or drop and make it anew by hand"));
        }
        if (wish.Schema is not { } place || place == seen.Schema)
            return;
        if (seen.Movable)
            steps.Add(Step(spec, $"extension/{name}/move", $"extension {name}", StepAction.Alter, $"schema {seen.Schema} → {place}",
                Sql.Of($"alter extension {new Ident(name)} set schema {new Ident(place)}")));
        else
            notes.Add(Diagnostic.Error(Codes.Elsewhere, $"the extension {name} sits in schema {seen.Schema} and cannot be moved", path,
                $"write schema: {seen.Schema}"));
    }

    static Step Step(SchemasSpec spec, string id, string thing, StepAction action, string detail, Sql sql) => new()
    {
        Id = $"schemas/{spec.Database}/{id}",
        Server = spec.Server,
        Database = spec.Database,
        Pattern = SchemasSpec.Key,
        Object = thing,
        Action = action,
        Detail = detail,
        Sql = [sql],
    };
}
