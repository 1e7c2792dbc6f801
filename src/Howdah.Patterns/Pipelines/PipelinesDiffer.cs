using Howdah.Engine.Catalogs;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Pipelines;

static class PipelinesDiffer
{
    static readonly CatalogQuery Tables = CatalogQuery.Load(typeof(PipelinesDiffer), "tables.sql");
    static readonly CatalogQuery Runs = CatalogQuery.Load(typeof(PipelinesDiffer), "runs.sql");

    internal static Delta Diff(PipelinesSpec spec, PipelinesFacts facts)
    {
        if (facts.Strangers is [var stranger, ..])
            return new([], [Diagnostic.Error(Engine.Files.Codes.Stranger,
                $"the table howdah.{stranger} is not Howdah's; it is left as it is",
                spec.Path, "rename it, then apply again")]);
        var steps = new List<Step>();
        if (!facts.Tables.Contains(PipelinesRights.Batches))
            steps.Add(Make(spec, "tables", "tables howdah.load_batch, howdah.quarantine", StepAction.Create,
                "what was loaded, each content once; what was refused", [Tables.AsSql()]) with
                {
                    Owns = [new("table", "howdah", PipelinesRights.Batches), new("table", "howdah", PipelinesRights.Quarantine)],
                });
        else if (!facts.Once)
            steps.Add(Make(spec, "once", "index howdah.load_batch_once", StepAction.Create, "keeps a content from being loaded twice",
            [
                Sql.Of($"drop index if exists howdah.load_batch_once"),
                Sql.Of($"create unique index load_batch_once on howdah.load_batch (pipeline, sha256) "
                    + $"where state = 'done' and not forced and retry_of is null"),
            ]));
        if (PipelineChores.Names(spec).Count > 0 && !facts.Tables.Contains(PipelinesRights.Runs))
            steps.Add(Make(spec, "runs", "table howdah.load_run", StepAction.Create, "what howdah serve ran, and when", [Runs.AsSql()]) with
            {
                Owns = [new("table", "howdah", PipelinesRights.Runs)],
            });
        var wanted = PipelinesRights.Wanted(spec);
        var beyond = facts.Rights.Except(wanted).ToList();
        // A right that is taken from a table is taken from all its columns, too.
        var lacking = wanted.Where(right => !facts.Rights.Contains(right) || beyond.Contains(right with
        {
            Privilege = right.Privilege.Split('.')[0],
        })).ToList();
        var users = PipelinesRights.Users(spec).Where(role => !facts.Users.Contains(role)).ToList();
        if (beyond.Count > 0)
            steps.Add(Make(spec, "revoke", "loads and quarantine", StepAction.Revoke, Told(beyond),
                [.. beyond.Order(Order).Select(static right => Sql.Of($"revoke {Of(right)} from {Grantee(right.Role)}"))]));
        if (lacking.Count > 0 || users.Count > 0)
            steps.Add(Make(spec, "grant", "loads and quarantine", StepAction.Grant, Told(lacking),
            [
                .. users.Count > 0 ? [Sql.Of($"grant usage on schema howdah to {Sql.List(users.Select(static role => new Ident(role)))}")]
                    : (Sql[])[],
                .. lacking.Order(Order).Select(static right => Sql.Of($"grant {Of(right)} to {new Ident(right.Role)}")),
            ]));
        return new(steps, []);
    }

    static readonly IComparer<Right> Order = Comparer<Right>.Create(static (a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));

    static Sql Of(Right right) => right.Privilege.Split('.') is [var privilege, var column]
        ? Sql.Of($"{new Words(privilege)} ({new Ident(column)}) on howdah.{new Ident(right.Table)}")
        : Sql.Of($"{new Words(right.Privilege)} on howdah.{new Ident(right.Table)}");

    static Sql Grantee(string role) => role == "public" ? Sql.Of($"public") : Sql.Of($"{new Ident(role)}");

    static string Told(List<Right> rights) => string.Join(", ", rights.GroupBy(static right => (right.Role, right.Table))
        .Select(static group => $"{group.Key.Role} on {group.Key.Table}").Order(StringComparer.Ordinal));

    static Step Make(PipelinesSpec spec, string id, string what, StepAction action, string detail, IReadOnlyList<Sql> sql) => new()
    {
        Id = $"pipelines/{spec.Database}/{id}",
        Server = spec.Server,
        Database = spec.Database,
        Pattern = PipelinesSpec.Key,
        Object = what,
        Action = action,
        Detail = detail,
        Sql = sql,
        Limits = Limits.Data,
    };
}
