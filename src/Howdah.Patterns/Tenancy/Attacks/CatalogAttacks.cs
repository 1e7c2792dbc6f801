using Howdah.Engine.Proving;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Attacks;

/// <summary>What the catalogs alone show: keys that tell, rules that write elsewhere, policies that sleep, a server with known
/// holes.</summary>
static class CatalogAttacks
{
    internal static IReadOnlyList<(Attack About, string Query, string Fix)> All { get; } =
    [
        (new("TEN-A07", "No tenant table has sleeping policies", Gravity.Critical, false,
            "Lists tenant tables on which row-level security is not enabled.", "Supabase Splinter 0007"),
            "select t from pg_catalog.unnest($1::text[]) t join pg_catalog.pg_class c on c.oid = t::pg_catalog.regclass where not "
                + "c.relrowsecurity order by 1",
            "howdah apply: it enables row-level security"),

        (new("TEN-A22", "Nobody logs in as the owner of tenants' tables", Gravity.Critical, false,
            "Lists roles that can log in and own a tenant table or are a member of its owner, other than superusers and the role that "
                + "applies: whoever owns a table can take its protection away.",
            "PostgreSQL documentation, Row Security Policies"),
            "select distinct r.rolname || ' for ' || t from pg_catalog.unnest($1::text[]) t join pg_catalog.pg_class c on c.oid = "
                + "t::pg_catalog.regclass join pg_catalog.pg_roles r on r.rolcanlogin and not r.rolsuper and r.rolname <> current_user "
                + "and pg_catalog.pg_has_role(r.oid, c.relowner, 'MEMBER') where $2 <> '' order by 1",
            "ALTER ROLE … NOLOGIN for the owner; REVOKE it from members"),

        (new("TEN-B08", "No row belongs to nobody", Gravity.Medium, false,
            "Lists tenant tables whose tenant column may be NULL.", "Howdah"),
            "select t from pg_catalog.unnest($1::text[]) t left join pg_catalog.pg_attribute a on a.attrelid = t::pg_catalog.regclass "
                + "and a.attname = $2 "
            + "where not coalesce(a.attnotnull, false) order by 1",
            "ALTER TABLE … ALTER COLUMN … SET NOT NULL"),

        (new("TEN-C10", "No rule carries rows elsewhere", Gravity.High, false,
            "Lists rules on tenant tables; a rule runs with its owner's rights.", "PostgreSQL documentation, Rules and Privileges"),
            "select r.rulename || ' on ' || t from pg_catalog.unnest($1::text[]) t join pg_catalog.pg_rewrite r on r.ev_class = "
                + "t::pg_catalog.regclass "
            + "where $2 <> '' order by 1",
            "DROP RULE"),

        (new("TEN-D01", "Keys do not tell of other tenants' values", Gravity.Medium, false,
            "Lists primary keys, unique and exclusion constraints and unique indexes that do not begin with the tenant column: a conflict "
                + "tells that another tenant has the value.",
                "Howdah"),
            "select c.relname || ' on ' || t from pg_catalog.unnest($1::text[]) t join pg_catalog.pg_index i on i.indrelid = "
                + "t::pg_catalog.regclass and (i.indisunique or i.indisexclusion) join pg_catalog.pg_class c on c.oid = i.indexrelid "
            + "join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attname = $2 where i.indkey[0] <> a.attnum order by 1",
            "begin the key with the tenant column"),

        (new("TEN-D02", "Foreign keys cannot point at another tenant's row", Gravity.High, false,
            "Lists foreign keys between tenant tables that do not carry the tenant column: checks of foreign keys see every row.",
                "PostgreSQL documentation, Row Security Policies"),
            "select k.conname || ' on ' || t from pg_catalog.unnest($1::text[]) t join pg_catalog.pg_constraint k on k.conrelid = "
                + "t::pg_catalog.regclass and k.contype = 'f' "
            + "join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attname = $2 "
            + "join pg_catalog.pg_attribute f on f.attrelid = k.confrelid and f.attname = $2 where not exists (select "
                + "from pg_catalog.generate_subscripts(k.conkey, 1) i where k.conkey[i] = a.attnum and k.confkey[i] = f.attnum) order by 1",
            "carry the tenant column on both sides of the key"),

        (new("TEN-A10", "The server has no known hole in row-level security", Gravity.High, false,
            "Compares the minor version with the one that closed CVE-2025-8713, CVE-2024-10976, CVE-2023-39418 and their like.",
                "postgresql.org/support/security"),
            "select 'PostgreSQL ' || pg_catalog.current_setting('server_version') where "
                + "pg_catalog.current_setting('server_version_num')::int < "
            + "case pg_catalog.current_setting('server_version_num')::int / 10000 when 15 then 150014 when 16 then 160010 when 17 then "
                + "170006 else 180000 end "
            + "and $1::text[] is not null and $2 <> ''",
            "install the newest minor version"),
    ];

    internal static async Task<Outcome> MakeAsync(TenancySpec spec, Bout bout, string query, string fix, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(query, bout.Connection);
        command.Parameters.Add(new() { Value = spec.Wanted.Tables.Select(table => table.ToString()).ToArray() });
        command.Parameters.Add(new() { Value = spec.Wanted.Column });
        await using var rows = await command.ExecuteReaderAsync(token);
        var found = new List<string>();
        while (await rows.ReadAsync(token))
            found.Add(rows.GetString(0));
        return found.Count == 0 ? Outcome.Held("none found") : Outcome.Broken(string.Join("; ", found), fix);
    }
}
