using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy;

/// <summary>What the team's own tables lack for the floor to be whole; told, with the SQL that mends it, and never changed: the tables are
/// theirs.</summary>
static class TenancyLint
{
    internal static IEnumerable<Diagnostic> Check(TenancySpec spec, TenancyFacts facts)
    {
        var path = $"{spec.Path}.tables";
        var column = spec.Wanted.Column;
        foreach (var (table, seen) in spec.Wanted.Tables.Where(facts.Tables.ContainsKey).Select(table => (table, facts.Tables[table])))
        {
            if (seen.ColumnType is null)
                yield return Diagnostic.Error(Codes.NoColumn, $"{table.Plain} has no column {column}", path,
                    $"ALTER TABLE {table} ADD COLUMN {new Ident(column)} {spec.Wanted.Type}");
            else if (seen.ColumnType != spec.Wanted.Type)
                yield return Diagnostic.Error(Codes.NoColumn,
                    $"{table.Plain}.{column} is {seen.ColumnType}, the estate says {spec.Wanted.Type}", path,
                        "correct `type`, or the column");
            else if (!seen.NotNull)
                yield return Diagnostic.Warning(Codes.Nullable, $"{table.Plain}.{column} may be NULL: such a row is nobody's", path,
                    $"ALTER TABLE {table} ALTER COLUMN {new Ident(column)} SET NOT NULL");
        }
        foreach (var key in facts.Keys.Where(key => spec.Wanted.Tables.Contains(key.Table)))
        {
            yield return Diagnostic.Warning(Codes.Keys,
                key.Kind == "f"
                    ? $"the foreign key {key.Name} of {key.Table.Plain} can point at another tenant's row ({key.Definition})"
                    : $"the {(key.Kind == "i" ? "unique index" : "key")} {key.Name} of {key.Table.Plain} does not lead with {column}: "
                        + $"it tells whether another tenant has the same value ({key.Definition})",
                path, $"let it {(key.Kind == "f" ? $"carry {column} on both sides" : $"begin with {column}")}");
        }
        foreach (var other in facts.Tables.Where(table => !table.Value.Part && !spec.Wanted.Tables.Contains(table.Key)
            && !spec.Wanted.Shared.Contains(table.Key)).Select(table => table.Key))
            yield return Diagnostic.Warning(Codes.Undeclared,
                $"{other.Plain} stands beside tenants' tables and is neither a tenant's nor shared", path,
                    "list it under tables or under shared");
    }
}
