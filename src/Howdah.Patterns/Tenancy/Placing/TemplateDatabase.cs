using Howdah.Engine.Planning;
using Howdah.Engine.Servers;
using Howdah.Patterns.Tenancy.Blueprint;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Placing;

/// <summary>
/// The warm template from which tenants' databases are copied: it has home's structure and no rows, takes no connections, and tells by its
/// comment which structure it has; one that tells nothing was never finished. When the structure has changed it is made anew.
/// </summary>
static class TemplateDatabase
{
    /// <summary>The lock under which it is made: "HOWT".</summary>
    const int Lock = 0x484F5754;

    /// <summary>Its name: one for each home database.</summary>
    internal static string NameOf(TenancySpec spec) => $"howdah_template_{PlaceScript.Hash([Sql.Of($"{new Ident(spec.Server)}"),
        Sql.Of($"{new Ident(spec.Database)}")])}";

    /// <summary>What tells one structure from another, in a template and in what is copied from it.</summary>
    internal static string StructureOf(Structure structure) => $"{structure.Hash} {PlaceScript.Hash(structure.Around
        .Concat(structure.Shared).Concat(structure.Statements).Concat(structure.AroundLate))}";

    /// <summary>Makes sure that it is there and has the structure.</summary>
    /// <param name="spec">The tenancy.</param>
    /// <param name="structure">The structure.</param>
    /// <param name="home">A connection to the home database: from it come encoding and locale.</param>
    /// <param name="server">The server where it is to be.</param>
    /// <param name="maintenance">A connection to that server's maintenance database.</param>
    /// <param name="fault">Called at each point, with its name.</param>
    /// <param name="token">Cancels.</param>
    internal static async Task EnsureAsync(TenancySpec spec, Structure structure, NpgsqlConnection home, ServerAccess server,
        NpgsqlConnection maintenance, Action<string>? fault, CancellationToken token)
    {
        var name = NameOf(spec);
        var told = $"Howdah: template of tenants of {spec.Database}, structure {StructureOf(structure)}";
        if (await IsAsync(maintenance, name, told, token))
            return;
        await Run.ScalarAsync(maintenance, "select pg_catalog.pg_advisory_lock($1, 0)", token, Lock);
        try
        {
            if (await IsAsync(maintenance, name, told, token))
                return;
            var database = new Ident(name);
            await Run.OneAsync(maintenance, Sql.Of($"drop database if exists {database} with (force)"), token);
            await Run.OneAsync(maintenance, Sql.Of($"create database {database} with template template0 owner {new Ident(spec.Owner)} "
                + $"{await LocaleAsync(home, token)} allow_connections false"), token);
            fault?.Invoke("template made");
            await Run.AllAsync(maintenance, [Sql.Of($"revoke all on database {database} from public"),
                Sql.Of($"alter database {database} with allow_connections true")], token);
            await using (var inside = await server.OpenPlainAsync(name, token))
                await Run.AllAsync(inside, PlaceScript.Template(spec, structure), token);
            fault?.Invoke("template filled");
            await Run.AllAsync(maintenance, [Sql.Of($"alter database {database} with allow_connections false"),
                Sql.Of($"comment on database {database} is {new Literal(told)}")], token);
        }
        finally
        {
            await Run.UnlockAsync(maintenance, Lock);
        }
    }

    static async Task<bool> IsAsync(NpgsqlConnection maintenance, string name, string told, CancellationToken token) =>
        await Run.ScalarAsync(maintenance, "select pg_catalog.shobj_description(oid, 'pg_database') = $2 and not datallowconn "
            + "from pg_catalog.pg_database where datname = $1", token, name, told) is true;

    // Columns differ between versions: those that are not there come as null.
    static async Task<Sql> LocaleAsync(NpgsqlConnection home, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("""
            select pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
                   case d.datlocprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end,
                   coalesce(pg_catalog.to_jsonb(d)->>'datlocale', pg_catalog.to_jsonb(d)->>'daticulocale')
            from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()
            """, home);
        await using var row = await command.ExecuteReaderAsync(token);
        await row.ReadAsync(token);
        var (provider, locale) = (row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4));
        return Sql.Of($"encoding {new Literal(row.GetString(0))} lc_collate {new Literal(row.GetString(1))} "
            + $"lc_ctype {new Literal(row.GetString(2))} locale_provider {new Words(provider)} {(locale is null ? null : provider == "icu"
                ? Sql.Of($"icu_locale {new Literal(locale)}") : Sql.Of($"builtin_locale {new Literal(locale)}"))}");
    }
}
