using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy;

/// <summary>The registry, the functions and the guard.</summary>
static class PartsDiffer
{
    internal static void Diff(TenancySpec spec, TenancyFacts facts, List<Step> steps, List<Diagnostic> notes)
    {
        if (!facts.Parts.ContainsKey("table tenants"))
            steps.Add(Step(spec, "registry", "table howdah.tenants", StepAction.Create, "who the tenants are; ids are opaque",
            [
                Sql.Of($"""
                    create table howdah.tenants (
                      id uuid primary key default pg_catalog.gen_random_uuid(),
                      name text not null unique check (name <> ''),
                      state text not null default 'active' check (state in ('active', 'suspended')),
                      created timestamptz not null default now()
                    )
                    """),
            ]));
        else if (facts.Parts["table tenants"].Grantees is { Count: > 0 } others)
            steps.Add(Step(spec, "registry", "table howdah.tenants", StepAction.Revoke, "who the tenants are is nobody's business",
                [.. others.Select(other => other == "public" ? Sql.Of($"revoke all on howdah.tenants from public")
                    : Sql.Of($"revoke all on howdah.tenants from {new Ident(other)}"))]));
        if (!facts.Parts.ContainsKey("usage"))
            steps.Add(Step(spec, "usage", $"schema howdah for {spec.Owner}", StepAction.Grant,
                "so that migrations and loads can lift the floor for themselves",
                [Sql.Of($"grant usage on schema howdah to {new Ident(spec.Owner)}")]));
        foreach (var part in TenancyParts.For(spec).Where(part => part.Granted || facts.IsSuperuser))
            Function(spec, facts, part, steps);
        Guard(spec, facts, steps, notes);
    }

    static void Function(TenancySpec spec, TenancyFacts facts, TenancyParts.Part part, List<Step> steps)
    {
        var seen = facts.Parts.GetValueOrDefault(part.Key);
        IReadOnlyList<string> grantees = part.Granted ? [spec.Owner] : [];
        var sql = new List<Sql>();
        if (seen?.Definition != part.Expected)
            sql.Add(part.Create);
        foreach (var other in (seen?.Grantees ?? ["public"]).Except(grantees))
            sql.Add(other == "public"
                ? Sql.Of($"revoke all on function {part.Address} from public")
                : Sql.Of($"revoke all on function {part.Address} from {new Ident(other)}"));
        foreach (var missing in grantees.Except(seen?.Grantees ?? []))
            sql.Add(Sql.Of($"grant execute on function {part.Address} to {new Ident(missing)}"));
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

    static Step Step(TenancySpec spec, string id, string thing, StepAction action, string detail, IReadOnlyList<Sql> sql) => new()
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
