using Howdah.Engine;
using Howdah.Engine.Catalogs;

namespace Howdah.Patterns.Grants;

/// <summary>
/// What objects are born with. A pattern of its own because of its place: it works before migrations, so that no function is ever born open
/// to
/// everybody, while grants work after tenancy, so that nothing is ever granted on a table without its floor.
/// </summary>
static class DefaultsPattern
{
    static readonly CatalogQuery Defaults = CatalogQuery.Load(typeof(DefaultsPattern), "defaults.sql");

    internal static Pattern Value { get; } = new Pattern<GrantsSpec, DefaultsFacts>
    {
        Key = DefaultsDiffer.Key,
        About = "Nothing is born open to everybody; what is born with privileges is declared.",
        Scope = PatternScope.Database,
        Sections = [GrantsSpec.DefaultsKey],
        Read = GrantsSpec.Read,
        Validate = GrantsValidation.Defaults,
        Inspect = static async (spec, catalog, token) =>
        {
            var rows = await catalog.QueryAsync(Defaults, static row =>
                new DefaultRow(row.GetString(0), row.GetString(1), row.GetString(2)[0],
                row.IsDBNull(3) ? null : row.GetString(3), row.IsDBNull(4) ? "" : row.GetString(4), !row.IsDBNull(5) && row.GetBoolean(5)),
                token, [DefaultsDiffer.Creators(spec).Union(spec.Roles).Order(StringComparer.Ordinal).ToArray()]);
            return new(catalog.Server.Major, rows);
        },
        Diff = DefaultsDiffer.Diff,
    };
}

/// <summary>Default privileges as seen.</summary>
sealed record DefaultsFacts(int Major, IReadOnlyList<DefaultRow> Rows);

/// <summary>One default privilege; a null grantee only tells that the default was changed.</summary>
sealed record DefaultRow(string Creator, string Schema, char Kind, string? Grantee, string Privilege, bool Grantable);
