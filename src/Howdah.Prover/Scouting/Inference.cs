using System.Text.RegularExpressions;

namespace Howdah.Prover.Scouting;

/// <summary>
/// Concludes what the tenants of a database are: from policies (the column they compare), from names (the same column in other tables),
/// from
/// foreign keys (to the table that the column points at elsewhere), from schemas that hold the same tables. Pure.
/// </summary>
static partial class Inference
{
    // Names that are a tenant column even where nothing else says so; found in the schemas of products, in the order of trust.
    static readonly string[] Telling =
        ["tenant_id", "tenant", "tenantid", "org_id", "organization_id", "organisation_id", "account_id", "company_id", "workspace_id",
            "customer_id", "team_id", "client_id", "firm_id", "site_id", "shop_id", "store_id", "merchant_id"];

    // Of these, the names that say it even in a database without any policy, where a customer_id is just a customer.
    static readonly string[] Plain = ["tenant_id", "tenant", "tenantid", "org_id", "organization_id", "organisation_id", "workspace_id"];

    internal static Surface Conclude(Sighting seen, Hints hints)
    {
        var guesses = new List<string>();
        var policies = seen.Policies.ToLookup(static policy => policy.Table);
        var contexts = hints.Contexts.Count > 0 ? hints.Contexts : [.. seen.Policies.SelectMany(static policy => Settings(policy.Text))
            .Distinct().Order(StringComparer.Ordinal)];
        var columns = TenantColumns(seen, policies, hints);
        var tables = new List<TenantTable>();
        foreach (var table in seen.Tables)
        {
            var own = policies[table.Oid].ToList();
            var column = hints.TenantColumns.Count > 0
                ? table.Columns.FirstOrDefault(each => hints.TenantColumns.Contains(each.Name))
                : ByName(table, columns) ?? ByPolicy(table, own);
            if (column is not null)
                tables.Add(new(table.Oid, table.Name, table.Kind, table.Owner, table.Rls, table.Forced, table.Rows, table.Parent, column,
                    table.Columns));
        }
        var schemas = TenantSchemas(seen.Schemas);
        if (tables.Count > 0)
            guesses.Add($"{Count(tables.Count, "table")} with rows of tenants, told apart by "
                + $"{string.Join(", ", tables.Select(static table => table.TenantColumn.Name).Distinct().Order(StringComparer.Ordinal))}");
        if (contexts.Count > 0)
            guesses.Add($"the tenant comes in the setting {string.Join(", ", contexts)}");
        if (seen.Policies.Any(static policy => AsksWho(policy.Text)))
            guesses.Add("policies ask who is logged in (current_user): the role is the tenant");
        if (schemas.Count > 0)
            guesses.Add($"{schemas.Count} schemas hold the same tables: one schema per tenant");
        guesses.Add($"{Count(seen.Attackers.Count, "role")} can log in and attack: "
            + string.Join(", ", seen.Attackers.Take(8).Select(static role => role.Name)) + (seen.Attackers.Count > 8 ? " …" : ""));
        return new(seen.Database, seen.Major, seen.Super, seen.Attackers, tables, contexts, schemas, seen.Policies, guesses)
        {
            Entrance = hints.Entrance,
        };
    }

    // Names of tenant columns: those that policies compare in most tables, those that telling names give away.
    static HashSet<string> TenantColumns(Sighting seen, ILookup<uint, Policy> policies, Hints hints)
    {
        if (hints.TenantColumns.Count > 0)
            return [.. hints.TenantColumns];
        var votes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var table in seen.Tables)
        {
            var named = policies[table.Oid].SelectMany(static policy => policy.Columns).Distinct()
                .Select(number => table.Columns.First(column => column.Number == number).Name).ToList();
            foreach (var name in named)
                votes[name] = votes.GetValueOrDefault(name) + 1;
        }
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        // A column compared in several tables, or compared once under a telling name. `id` is the registry's own key and no tenant column
        // of other tables.
        foreach (var (name, count) in votes)
        {
            if (name != "id" && (count > 1 || Telling.Contains(name)))
                chosen.Add(name);
        }
        if (chosen.Overlaps(Telling))
            chosen.IntersectWith(Telling);
        if (chosen.Count == 0)
        {
            // No policy tells: a name that can mean nothing else, in two tables or more.
            var best = Plain.FirstOrDefault(name => seen.Tables.Count(table => table.Columns.Any(column => column.Name == name)) > 1);
            if (best is not null)
                chosen.Add(best);
        }
        // Other names for the same thing: columns with a foreign key to the table that the chosen column points at elsewhere, such as
        // owner_org → orgs. Not followed further: a foreign key to the registry is what makes a table a tenant's.
        var registries = seen.Keys.Where(key => seen.Tables.FirstOrDefault(table => table.Oid == key.Table) is { } table
            && table.Columns.FirstOrDefault(column => column.Number == key.Column) is { } column && chosen.Contains(column.Name))
            .Select(static key => key.Target).ToHashSet();
        foreach (var key in seen.Keys.Where(key => registries.Contains(key.Target)))
        {
            if (seen.Tables.FirstOrDefault(table => table.Oid == key.Table)?.Columns.FirstOrDefault(column => column.Number == key.Column)
                is { } column && Telling.Contains(column.Name))
                chosen.Add(column.Name);
        }
        return chosen;
    }

    static Column? ByName(SeenTable table, HashSet<string> names) => table.Columns.FirstOrDefault(column => names.Contains(column.Name));

    static Column? ByPolicy(SeenTable table, List<Policy> own) =>
        own.SelectMany(static policy => policy.Columns).Distinct().ToList() is [var only]
            ? table.Columns.First(column => column.Number == only) : null;

    // Schemas with nearly the same tables as the most common set of tables, at least two of them.
    static List<uint> TenantSchemas(IReadOnlyList<SeenSchema> schemas)
    {
        var candidates = schemas.Where(static schema => schema.Tables.Count > 0 && schema.Name != "public").ToList();
        var model = candidates.GroupBy(static schema => string.Join('\n', schema.Tables)).OrderByDescending(static group => group.Count())
            .ThenByDescending(static group => group.First().Tables.Count).FirstOrDefault();
        if (model is null)
            return [];
        var tables = model.First().Tables.ToHashSet(StringComparer.Ordinal);
        var alike = candidates.Where(schema => schema.Tables.Count(tables.Contains) * 10 >= 6 * schema.Tables.Union(tables).Count())
            .Select(static schema => schema.Oid).ToList();
        return alike.Count > 1 ? alike : [];
    }

    /// <summary>The settings that a text of the server's reads: the names in <c>current_setting('app.tenant_id'::text</c>.</summary>
    internal static IEnumerable<string> Settings(string text) =>
        SettingPattern().Matches(text).Select(static match => match.Groups[1].Value.ToLowerInvariant()).Where(static name =>
            name.Contains('.'));

    /// <summary>Whether an expression asks who is logged in, so that roles differ even with equal rights.</summary>
    internal static bool AsksWho(string text) => UserPattern().IsMatch(text);

    static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    [GeneratedRegex(@"current_setting\(\s*'([^']+)'", RegexOptions.IgnoreCase)]
    private static partial Regex SettingPattern();

    [GeneratedRegex(@"\b(CURRENT_USER|SESSION_USER|current_role|pg_has_role)\b", RegexOptions.IgnoreCase)]
    private static partial Regex UserPattern();
}
