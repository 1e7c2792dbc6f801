using System.Runtime.CompilerServices;
using System.Text.Json;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Patterns.Queries;

static class QueriesProver
{
    internal static Attack Runs { get; } = new("QRY-01", "Every declared query may run as its role", Gravity.Medium, true,
        "Logs in as the query's role and has the server prepare and plan it; a refusal is a break.", "Howdah",
        "A report that a migration or a revoked right broke is noticed when somebody waits for it.");

    internal static Attack Prunes { get; } = new("QRY-17", "Declared queries touch no more partitions than they say", Gravity.Medium, true,
        "Has the server plan each query, once for its default values and once for any values, and counts the partitions that are left in "
        + "the plan.", "PostgreSQL 5.12.4, Partition Pruning",
        "A condition on a function of the key reads every partition: right, and slower with each month that passes.");

    internal static Attack[] All { get; } = [Runs, Prunes];

    internal static async IAsyncEnumerable<Finding> ProveAsync(QueriesSpec spec, Arena arena,
        [EnumeratorCancellation] CancellationToken token)
    {
        var facts = await QueriesInspector.InspectAsync(spec, arena.Catalog, token);
        foreach (var (name, wish) in spec.Queries)
        {
            foreach (var finding in await QueryAsync(name, wish, facts, arena, token))
                yield return finding;
        }
    }

    static async Task<IReadOnlyList<Finding>> QueryAsync(string name, QueryWish wish, QueriesFacts facts, Arena arena,
        CancellationToken token)
    {
        var target = wish.As is null ? name : $"{name} as {wish.As}";
        Finding Of(Attack attack, Verdict verdict, string evidence, string? fix = null) =>
            new(attack, QueriesSpec.Key, target, verdict, evidence, fix) { Statement = verdict == Verdict.Broken ? wish.Sql : null };
        // Class 42 is about the statement and its role's rights; anything else is about the server, or the values.
        IReadOnlyList<Finding> Refused(Exception why) => [why is PostgresException { SqlState: ['4', '2', ..] }
            ? Of(Runs, Verdict.Broken, Evidence.Of(why), "mend the query, or grant its role what it needs")
            : Of(Runs, Verdict.Inconclusive, Evidence.Of(why)),
            .. wish.Prunes.Keys.Select(table => On(table, Of(Prunes, Verdict.Inconclusive, Evidence.Of(why))))];
        Finding On(string table, Finding finding) => finding with { Target = $"{target}: {table}", Targets = [$"{target}: {table}"] };
        Bout entered;
        try
        {
            entered = wish.As is { } role ? await arena.EnterAsync(role, token) : await arena.EnterAsAdminAsync(token);
        }
        catch (Exception shut) when (shut is LoginUnavailableException or NpgsqlException)
        {
            return Refused(shut);
        }
        await using var bout = entered;
        var types = Sql.Join(", ", wish.Parameters.Values.Select(static each => Sql.Of($"{new Words(each.Type)}")));
        var text = QueryText.Of(wish.Sql, [.. wish.Parameters.Keys], [.. wish.Parameters.Values.Select(static each => each.Type)]);
        var typed = wish.Parameters.Count > 0 ? Sql.Of($" ({types})") : null;
        var prepare = Sql.Of($"prepare howdah_query{typed} as {Sql.Written(text.Sql)}");
        var (_, refusal) = await bout.TryAsync(each => each.ExecuteAsync(prepare.ToString(), token), token);
        if (refusal is null)
            (_, refusal) = await bout.TryAsync(each => PlanAsync(wish, "force_generic_plan", each, token), token);
        if (refusal is not null)
            return Refused(refusal);
        var runs = Of(Runs, Verdict.Held, "the server prepares and plans it");
        if (wish.Prunes.Count == 0)
            return [runs];
        var (plans, unplanned) = await bout.TryAsync(each => PlansAsync(wish, each, token), token);
        return [runs, .. wish.Prunes.Select(prune =>
        {
            var table = facts.Tables.GetValueOrDefault(QName.Parse(prune.Key)!.Value);
            var (verdict, evidence, fix) = Judge(prune.Value, table, plans, unplanned);
            return On(prune.Key, Of(Prunes, verdict, evidence, fix));
        })];
    }

    static async Task<(IReadOnlySet<QName> Given, IReadOnlySet<QName> Any)> PlansAsync(QueryWish wish, Bout bout, CancellationToken token)
        => (await PlanAsync(wish, "force_custom_plan", bout, token), await PlanAsync(wish, "force_generic_plan", bout, token));

    // EXPLAIN checks the rights to what is read, too, which PREPARE does not.
    static async Task<IReadOnlySet<QName>> PlanAsync(QueryWish wish, string mode, Bout bout, CancellationToken token)
    {
        var values = wish.Parameters.Count == 0 ? null : Sql.Of($"({Sql.Join(", ", wish.Parameters.Values.Select(static each =>
            each.Default is { } value ? Sql.Of($"{new Literal(value)}") : Sql.Of($"null")))})");
        await bout.ExecuteAsync($"set local plan_cache_mode = {mode}", token);
        using var plan = JsonDocument.Parse((string)(await bout.ScalarAsync(
            Sql.Of($"explain (verbose, costs off, format json) execute howdah_query{values}").ToString(), token))!);
        var seen = new HashSet<QName>();
        Collect(plan.RootElement, seen);
        return seen;
    }

    // Scans name what they read, joins and unions have them below, subplans and CTEs too: all of a plan is nested objects and lists.
    static void Collect(JsonElement node, HashSet<QName> seen)
    {
        if (node.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in node.EnumerateArray())
                Collect(item, seen);
        }
        else if (node.ValueKind == JsonValueKind.Object)
        {
            if (node.TryGetProperty("Relation Name", out var name) && node.TryGetProperty("Schema", out var schema))
                seen.Add(new(schema.GetString()!, name.GetString()!));
            foreach (var property in node.EnumerateObject())
                Collect(property.Value, seen);
        }
    }

    static (Verdict Verdict, string Evidence, string? Fix) Judge(int most, PrunedFacts? table,
        (IReadOnlySet<QName> Given, IReadOnlySet<QName> Any) plans, PostgresException? refusal)
    {
        if (refusal is not null)
            return (Verdict.Inconclusive, Evidence.Of(refusal), null);
        if (table is not { Key: { } key })
            return (Verdict.Inconclusive, "there is no such partitioned table", null);
        if (table.Leaves.Count <= most)
            return (Verdict.Inconclusive, $"it has {table.Leaves.Count} partitions, so touching {most} shows nothing", null);
        foreach (var (seen, values) in ((IReadOnlySet<QName>, string)[])[(plans.Given, "with its default values"),
            (plans.Any, "planned for any values, as a prepared statement comes to be")])
        {
            var touched = seen.Where(table.Leaves.Contains).Select(static leaf => leaf.Plain).Order(StringComparer.Ordinal).ToList();
            if (touched.Count > most)
                return (Verdict.Broken, $"{values} it touches {touched.Count} of {table.Leaves.Count} partitions, {most} declared: "
                    + string.Join(", ", touched.Take(10)) + (touched.Count > 10 ? $" and {touched.Count - 10} more" : ""),
                    $"compare the columns of {key} themselves with values of their own type, as a half-open range: "
                    + "at >= @from and at < @to in place of date_trunc, extract, a cast or OR; "
                    + "take bounds from a calendar before, not by a join");
        }
        var count = plans.Given.Count(table.Leaves.Contains);
        return count == 0 ? (Verdict.Inconclusive, $"with its default values it touches none of {table.Leaves.Count} partitions", null)
            : (Verdict.Held, $"it touches {count} of {table.Leaves.Count} partitions", null);
    }
}
