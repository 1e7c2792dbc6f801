using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Prover.Catalogue;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live;

/// <summary>TEN-C01: views that are made from tenant tables.</summary>
static class ViewAttack
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(ViewAttack), "views.sql");

    sealed record View(
        QName Name, char Kind, string? TenantColumn, bool Exempt, string Culprit, string Fix, IReadOnlyList<Attacker> Roles,
        IReadOnlyList<uint> Sources);

    internal static async Task<List<Finding>> MakeAsync(Ring ring, Surface surface, IReadOnlySet<uint> broken, CancellationToken token)
    {
        var views = await ReadAsync(ring, surface, token);
        var open = new List<(View View, string Evidence, string? Statement)>();
        var findings = new List<Finding>();
        var held = 0;
        foreach (var view in views)
        {
            if (view.TenantColumn is null)
            {
                if (view.Exempt)
                    open.Add((view, $"it reads tenant tables with the rights of the owner of {view.Culprit}, whom policies do not bind",
                        null));
                else
                    held++;
                continue;
            }
            // What an invoker's view shows of a table that is open itself is the table's finding.
            if (!view.Exempt && view.Sources.Any(broken.Contains))
                continue;
            var (statement, why) = await ShownAsync(ring, surface, view, token);
            if (statement is not null)
                open.Add((view, $"as {view.Roles[0].Name}, as tenant A: {view.Name.Plain} shows a row of B", statement));
            else if (why is not null)
                findings.Add(new(LiveAttacks.Views, LintRunner.Pattern, view.Name.Plain, Verdict.Inconclusive, why));
            else
                held++;
        }
        foreach (var cause in open.GroupBy(static each => (each.View.Culprit, each.View.Fix)))
        {
            var first = cause.First();
            var targets = cause.Select(static each => each.View.Name.Plain).Order(StringComparer.Ordinal).ToList();
            var roles = cause.SelectMany(static each => each.View.Roles).Distinct().Select(static role => new Ident(role.Name));
            var fix = cause.Key.Fix.EndsWith(' ') ? $"{cause.Key.Fix}PUBLIC, {string.Join(", ", roles)};" : cause.Key.Fix;
            var name = targets.Count == 1 ? targets[0] : $"{targets[0]} and {targets.Count - 1} more";
            findings.Add(new(LiveAttacks.Views, LintRunner.Pattern, name, Verdict.Broken, first.Evidence, fix.Length == 0 ? null : fix)
            {
                Targets = targets,
                Statement = first.Statement,
            });
        }
        // Only what was really asked, or cannot read past policies, has held.
        if (open.Count == 0 && (held > 0 || views.Count == 0))
            findings.Add(new(LiveAttacks.Views, LintRunner.Pattern, surface.Database, Verdict.Held,
                views.Count == 0 ? "no view is made from tenant tables"
                    : $"{held} view{(held == 1 ? "" : "s")}: no row of another tenant"));
        return findings;
    }

    // The statement that showed a row of B, null where none did; or why it could not be tried.
    static async Task<(string? Statement, string? Why)> ShownAsync(Ring ring, Surface surface, View view, CancellationToken token)
    {
        var source = surface.Tables.First(table => table.Oid == view.Sources[0]);
        var role = new Ident(view.Roles[0].Name);
        try
        {
            return await ring.AsAsync<(string?, string?)>(null, async () =>
            {
                var (stake, why) = await Markers.SetAsync(ring, source, null, token);
                if (stake is null)
                    return (null, $"{source.Name.Plain}: {why}");
                var query = Sql.Of($"""
                    select count(*) from (select 1 from {view.Name}
                      where {new Ident(view.TenantColumn!)} = {new Literal(stake.B)} limit 1) b
                    """);
                var hits = await ring.AsAsync(view.Roles[0].Name, () => Volley.FireAsync(ring, surface.Contexts,
                    [Shot.Count(LiveAttacks.Views, "as A", stake.ContextA ?? stake.A, query), Shot.Count(LiveAttacks.Views,
                        "as nobody", "", query)],
                        token), token);
                return hits.Exists(static hit => hit.Through) ? ($"SET SESSION AUTHORIZATION {role}; {query}", null)
                    : hits.Find(static hit => hit.Unclear || hit.State.StartsWith("22", StringComparison.Ordinal)) is { } unclear
                        ? (null, $"{unclear.Message} (SQLSTATE {unclear.State})")
                    : (null, null);
            }, token);
        }
        catch (PostgresException trouble)
        {
            return (null, Evidence.Of(trouble));
        }
    }

    static async Task<List<View>> ReadAsync(Ring ring, Surface surface, CancellationToken token)
    {
        var roles = surface.Attackers.ToDictionary(static role => role.Oid);
        await using var command = new NpgsqlCommand(Query.Text, ring.Connection);
        command.Parameters.Add(new() { Value = surface.Tables.Select(static table => table.Oid).ToArray(), DataTypeName = "oid[]" });
        command.Parameters.Add(new() { Value = roles.Keys.ToArray(), DataTypeName = "oid[]" });
        command.Parameters.Add(new() { Value = surface.Tables.Select(static table => table.TenantColumn.Name).ToArray() });
        await using var rows = await command.ExecuteReaderAsync(token);
        var views = new List<View>();
        while (await rows.ReadAsync(token))
        {
            views.Add(new(new(rows.GetString(1), rows.GetString(2)), rows.GetChar(3), rows.IsDBNull(4) ? null : rows.GetString(4),
                rows.GetBoolean(5), rows.GetString(6), rows.GetString(7), [.. rows.GetFieldValue<uint[]>(8).Select(oid => roles[oid])],
                rows.GetFieldValue<uint[]>(9)));
        }
        return views;
    }
}
