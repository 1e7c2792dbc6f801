using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Blueprint;

/// <summary>
/// The structure of home's tenant tables as statements that make it again elsewhere. What the server writes of them is read with the home
/// schema in the search_path, so that names come out bare and mean the place's own things when they are run there.
/// </summary>
/// <param name="Statements">Make the tables, in order; names are bare for a schema, qualified for a database.</param>
/// <param name="Shared">Make the shared tables, for a database.</param>
/// <param name="Grants">What applications may do at home, for the tenant's role; each lacks the role at its end.</param>
/// <param name="Around">Make in another database what the tables lean on: extensions, types, functions; names are qualified.</param>
/// <param name="AroundLate">The same for what is bound to the tables.</param>
/// <param name="AroundGrants">What a tenant's role may use of it; each lacks the role at its end.</param>
/// <param name="Hash">Of the structure: the same in every place that has it; empty where it was read for schemas.</param>
sealed record Structure(
    IReadOnlyList<Sql> Statements, IReadOnlyList<Sql> Shared, IReadOnlyList<Sql> Grants, IReadOnlyList<Sql> Around,
        IReadOnlyList<Sql> AroundLate,
    IReadOnlyList<Sql> AroundGrants, string Hash)
{
    static readonly CatalogQuery Pieces = CatalogQuery.Load(typeof(Structure), "structure.sql");
    static readonly CatalogQuery Surroundings = CatalogQuery.Load(typeof(Structure), "surroundings.sql");
    static readonly CatalogQuery Hashes = CatalogQuery.Load(typeof(Structure), "hash.sql");

    /// <summary>Reads the structure at home, in one round trip.</summary>
    /// <param name="spec">The tenancy.</param>
    /// <param name="model">The model it is read for.</param>
    /// <param name="home">A connection to the home database as the role that applies, in no transaction.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="ArgumentException">Something of it cannot be made elsewhere; the message says what.</exception>
    internal static async Task<Structure> ReadAsync(TenancySpec spec, TenancyModel model, NpgsqlConnection home, CancellationToken token)
    {
        foreach (var (_, why, hint) in TenancySpec.Unserved(spec.Wanted, model))
            throw new ArgumentException($"{why}: {hint}");
        // Only a template is known by its structure's hash, and only databases have copies of shared tables: each takes the server
        // milliseconds to plan.
        var databases = model == TenancyModel.Databases;
        await using var batch = new NpgsqlBatch(home);
        batch.BatchCommands.Add(new("select pg_catalog.set_config('search_path', '', true)"));
        batch.BatchCommands.Add(AroundCommand(spec));
        if (databases)
            batch.BatchCommands.Add(HashCommand(spec, []));
        batch.BatchCommands.Add(new("select pg_catalog.set_config('search_path', $1, true)")
        {
            Parameters = { new() { Value = databases ? "" : new Ident(TenantSchemas(spec)[0]).ToString() } },
        });
        batch.BatchCommands.Add(PiecesCommand(spec, spec.Wanted.Tables));
        if (databases && spec.Wanted.Shared.Count > 0)
            batch.BatchCommands.Add(PiecesCommand(spec, spec.Wanted.Shared));
        await using var rows = await batch.ExecuteReaderAsync(token);
        await rows.NextResultAsync(token);
        var around = await ListAsync(rows, token);
        await rows.NextResultAsync(token);
        var hash = "";
        if (databases)
        {
            await rows.ReadAsync(token);
            hash = rows.GetString(1);
            await rows.NextResultAsync(token);
        }
        await rows.NextResultAsync(token);
        var pieces = await ListAsync(rows, token);
        var shared = await rows.NextResultAsync(token) ? await ListAsync(rows, token) : [];
        var wrong = pieces.Concat(shared).Where(static piece => piece.Phase == 0)
            .Concat(around.Where(piece => piece.Phase == (model == TenancyModel.Schemas ? 1 : 0))).Select(static piece =>
                piece.Text).ToList();
        if (wrong.Count > 0)
            throw new ArgumentException($"the tenants' tables cannot be made in a {Noun(model)} of a tenant's own: "
                + $"{string.Join("; ", wrong)}; "
                + "change that, or keep the tenant in rows");
        return new(Between(pieces, 10, 89), Between(shared, 10, 89), Between(pieces, 90, 99), Between(around, 10, 74), Between(around, 75,
            89),
            Between(around, 90, 99), hash);
    }

    /// <summary>What roles may do with tenants' tables and with what these lean on: GRANTs that lack the role at their end, sorted. At home
    /// of applications, in a database of a tenant's own of its role.</summary>
    internal static async Task<IReadOnlyList<string>> GrantsAsync(TenancySpec spec, IReadOnlyList<string> roles,
        NpgsqlConnection connection, CancellationToken token)
    {
        var asked = spec with { Wanted = spec.Wanted with { Roles = roles } };
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("select pg_catalog.set_config('search_path', '', true)"), AroundCommand(asked),
                PiecesCommand(asked, spec.Wanted.Tables),
            },
        };
        await using var rows = await batch.ExecuteReaderAsync(token);
        await rows.NextResultAsync(token);
        var around = await ListAsync(rows, token);
        await rows.NextResultAsync(token);
        return [.. around.Concat(await ListAsync(rows, token)).Where(static piece => piece.Phase >= 90).Select(static piece => piece.Text)
            .Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>The hash of the structure of schemas of tenants in one database, in one query; of home's own tables where none is named.
    /// </summary>
    /// <returns>By the schema's name; home's under the empty name.</returns>
    internal static async Task<IReadOnlyDictionary<string, string>> HashesAsync(TenancySpec spec, NpgsqlConnection connection,
        IReadOnlyList<string> schemas, CancellationToken token)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { new("select pg_catalog.set_config('search_path', '', true)"), HashCommand(spec, schemas) },
        };
        await using var rows = await batch.ExecuteReaderAsync(token);
        await rows.NextResultAsync(token);
        var hashes = new Dictionary<string, string>();
        while (await rows.ReadAsync(token))
            hashes[rows.GetString(0)] = rows.GetString(1);
        return hashes;
    }

    /// <summary>The schemas of tenants' tables at home.</summary>
    internal static IReadOnlyList<string> TenantSchemas(TenancySpec spec) =>
        [.. spec.Wanted.Tables.Select(static table => table.Schema).Distinct().Order(StringComparer.Ordinal)];

    internal static string[] Schemas(TenancySpec spec) => [.. spec.Wanted.Tables.Concat(spec.Wanted.Shared).Select(static table =>
        table.Schema)
        .Distinct().Order(StringComparer.Ordinal)];

    internal static string Noun(TenancyModel model) => model == TenancyModel.Schemas ? "schema" : "database";

    static NpgsqlBatchCommand AroundCommand(TenancySpec spec) => Command(Surroundings, Schemas(spec), spec.Wanted.Roles.ToArray(),
        Part(spec.Wanted.Shared, schema: true), Part(spec.Wanted.Shared, schema: false));

    static NpgsqlBatchCommand PiecesCommand(TenancySpec spec, IReadOnlyList<QName> tables) => Command(Pieces,
        Part(tables, schema: true), Part(tables, schema: false), spec.Wanted.Column, spec.Wanted.Roles.ToArray(),
        Part(spec.Wanted.Shared, schema: true), Part(spec.Wanted.Shared, schema: false));

    static NpgsqlBatchCommand HashCommand(TenancySpec spec, IReadOnlyList<string> schemas) =>
        Command(Hashes, Part(spec.Wanted.Tables, schema: true), Part(spec.Wanted.Tables, schema: false), spec.Wanted.Column,
            schemas.ToArray());

    static string[] Part(IReadOnlyList<QName> names, bool schema) => [.. names.Select(name => schema ? name.Schema : name.Name)];

    static NpgsqlBatchCommand Command(CatalogQuery query, params object[] parameters)
    {
        var command = new NpgsqlBatchCommand(query.Text);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        return command;
    }

    static async Task<List<(int Phase, string Text)>> ListAsync(NpgsqlDataReader rows, CancellationToken token)
    {
        var list = new List<(int, string)>();
        while (await rows.ReadAsync(token))
            list.Add((rows.GetInt32(0), rows.GetString(1)));
        return list;
    }

    static IReadOnlyList<Sql> Between(List<(int Phase, string Text)> pieces, int first, int last) =>
        [.. pieces.Where(piece => piece.Phase >= first && piece.Phase <= last).Select(static piece => Sql.Written(piece.Text))];
}
