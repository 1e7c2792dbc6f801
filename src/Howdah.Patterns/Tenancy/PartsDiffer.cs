using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Placing;

namespace Howdah.Patterns.Tenancy;

/// <summary>The registry, the functions and the guard.</summary>
static class PartsDiffer
{
    internal static void Diff(TenancySpec spec, TenancyFacts facts, List<Step> steps, List<Diagnostic> notes)
    {
        var grouped = facts.Parts.ContainsKey("group");
        foreach (var table in RegistryTables.For(spec))
            Table(spec, facts, table, steps);
        IReadOnlyList<string> users = [.. spec.Callers(grouped).Append(spec.Owner).Distinct()
            .Except(facts.Parts.GetValueOrDefault("usage")?.Grantees ?? []).Where(role => role != facts.User)];
        if (users.Count > 0)
            steps.Add(Step(spec, "usage", $"schema howdah for {string.Join(", ", users)}", StepAction.Grant,
                "migrations and loads lift the floor for themselves; applications ask where a tenant lives",
                [Sql.Of($"grant usage on schema howdah to {Sql.List(users.Select(static role => new Ident(role)))}")]));
        foreach (var part in TenancyParts.For(spec, facts.Closed, grouped).Where(part => part.Name != "guard" || facts.IsSuperuser))
            Function(spec, facts, part, steps);
        Guard(spec, facts, steps, notes);
    }

    static void Table(TenancySpec spec, TenancyFacts facts, RegistryTable table, List<Step> steps)
    {
        var seen = facts.Parts.GetValueOrDefault(table.Key);
        var readers = table.Readers(spec).Where(role => role != facts.User).ToList();
        var name = new QName("howdah", table.Name);
        var sql = new List<Sql>();
        if (seen is null)
            sql.AddRange(table.Create);
        else if (seen.Definition != table.Expected)
            sql.AddRange(table.Upgrade);
        var made = sql.Count > 0;
        if (table == RegistryTables.Signing && (made || !facts.Keyed))
            sql.AddRange(Key(spec));
        // A privilege stands with its name where it is another than SELECT.
        foreach (var other in (seen?.Grantees ?? []).Except(readers).Select(static other => other.Split(' ')[0]).Distinct())
            sql.Add(other == "public" ? Sql.Of($"revoke all on {name} from public")
                : Sql.Of($"revoke all on {name} from {new Ident(other)}"));
        foreach (var reader in readers.Where(reader => sql.Count > 0 && !made || seen?.Grantees.Contains(reader) != true))
            sql.Add(Sql.Of($"grant select on {name} to {new Ident(reader)}"));
        if (sql.Count > 0)
            steps.Add(Step(spec, table.Name == "tenants" ? "registry" : $"registry/{table.Name}", $"table {name.Plain}",
                seen is null ? StepAction.Create : made ? StepAction.Alter : StepAction.Revoke,
                seen is null || made || table == RegistryTables.Signing ? table.About : "who the tenants are is nobody's business", sql));
    }

    // Sent and never shown: the plan has the reference.
    static IEnumerable<Sql> Key(TenancySpec spec)
    {
        SecretHole Hole(bool inner) => new(spec.Server, $"tenancy {spec.Database}", (spec.Wanted.Key ?? TenancySpec.Generated).ToString())
        {
            Made = secret => Convert.ToHexStringLower(TenantKey.Of(secret).Padded(inner)),
        };
        yield return Sql.Of($"delete from howdah.signing");
        yield return Sql.Of($"insert into howdah.signing (inner_key, outer_key) values (pg_catalog.decode({Hole(true)}, 'hex'), "
            + $"pg_catalog.decode({Hole(false)}, 'hex'))");
    }

    static void Function(TenancySpec spec, TenancyFacts facts, TenancyParts.Part part, List<Step> steps)
    {
        var seen = facts.Parts.GetValueOrDefault(part.Key);
        var apart = spec.Owner != facts.User;
        var sql = new List<Sql>();
        if (seen?.Definition != part.Expected(apart))
        {
            sql.Add(part.Create);
            // Only who may create in a schema can be given something in it.
            if (part.Owned && apart)
                sql.AddRange([Sql.Of($"grant create on schema howdah to {new Ident(spec.Owner)}"),
                    Sql.Of($"alter function {part.Address} owner to {new Ident(spec.Owner)}"),
                    Sql.Of($"revoke create on schema howdah from {new Ident(spec.Owner)}")]);
        }
        var grantees = part.Grantees.Where(role => role != (part.Owned ? spec.Owner : facts.User)).ToList();
        foreach (var other in (seen?.Grantees ?? ["public"]).Except(grantees))
            sql.Add(other == "public"
                ? Sql.Of($"revoke all on function {part.Address} from public")
                : Sql.Of($"revoke all on function {part.Address} from {new Ident(other)}"));
        foreach (var missing in grantees.Except(seen?.Grantees ?? []))
            sql.Add(missing == "public" ? Sql.Of($"grant execute on function {part.Address} to public")
                : Sql.Of($"grant execute on function {part.Address} to {new Ident(missing)}"));
        if (sql.Count > 0)
            steps.Add(Step(spec, $"function/{part.Name}", $"function howdah.{part.Name}", seen is null ? StepAction.Create
                : StepAction.Alter,
                seen is null ? "" : "was changed: put it back", sql));
    }

    static void Guard(TenancySpec spec, TenancyFacts facts, List<Step> steps, List<Diagnostic> notes)
    {
        const string Expected = "ddl_command_end O {\"CREATE TABLE\",\"CREATE TABLE AS\",\"SELECT INTO\"} howdah.guard";
        var seen = facts.Parts.GetValueOrDefault("guard")?.Definition;
        if (seen == Expected)
            return;
        if (!facts.IsSuperuser)
        {
            notes.Add(Diagnostic.Warning(Codes.NoGuard,
                "only a superuser can make the guard that protects later tables at birth; until then a new table is "
                + "open until the next apply", spec.Path, "let a superuser apply once, or never create tables but through howdah migrate"));
            return;
        }
        List<Sql> sql = seen is null ? [] : [Sql.Of($"drop event trigger {new Ident(TenancySpec.Guard)}")];
        sql.Add(Sql.Of($"""
            create event trigger {new Ident(TenancySpec.Guard)} on ddl_command_end
              when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
              execute function howdah.guard()
            """));
        steps.Add(Step(spec, "guard", $"event trigger {TenancySpec.Guard}", seen is null ? StepAction.Create : StepAction.Alter,
            seen is null ? "tables made later are closed until they are declared" : "was changed: put it back", sql)
            with { Owns = [new("event trigger", TenancySpec.Guard)] });
    }

    internal static Step Step(TenancySpec spec, string id, string thing, StepAction action, string detail, IReadOnlyList<Sql> sql) => new()
    {
        Id = $"tenancy/{spec.Database}/{id}",
        Server = spec.Server,
        Database = spec.Database,
        Pattern = TenancySpec.Key,
        Object = thing,
        Action = action,
        Detail = detail,
        Sql = sql,
    };
}
