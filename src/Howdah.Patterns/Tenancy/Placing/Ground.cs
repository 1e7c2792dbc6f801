using Howdah.Engine;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Placing;

/// <summary>
/// An open place of one tenant, to work in as the role that applies: at home for rows and schemas, else in the tenant's own database. As a
/// superuser that role sees all rows whatever the floor says; any other becomes the owner first and lifts the floor (rows), or sets the
/// context.
/// </summary>
sealed class Ground : IAsyncDisposable
{
    static readonly CatalogQuery References = CatalogQuery.Load(typeof(Ground), "references.sql");

    Ground(TenancySpec spec, Guid tenant, Placement place, NpgsqlConnection connection, IReadOnlyList<QName> tables)
    {
        Spec = spec;
        Tenant = tenant;
        Place = place;
        Connection = connection;
        Tables = tables;
    }

    /// <summary>The tenancy.</summary>
    internal TenancySpec Spec { get; }

    /// <summary>The tenant's id.</summary>
    internal Guid Tenant { get; }

    /// <summary>Where this is.</summary>
    internal Placement Place { get; }

    /// <summary>The connection.</summary>
    internal NpgsqlConnection Connection { get; }

    /// <summary>The tenants' tables by their names at home, those that others refer to first.</summary>
    internal IReadOnlyList<QName> Tables { get; }

    /// <summary>The table here that stands for one at home.</summary>
    internal QName Table(QName home) => Table(Place, home);

    /// <summary>The table in a place that stands for one at home; shared tables stand at home for a schema, too.</summary>
    internal static QName Table(Placement place, QName home) =>
        place.Model == TenancyModel.Schemas ? new(place.Place!, home.Name) : home;

    /// <summary>What a row must meet to be this tenant's; in a place of its own every row does.</summary>
    internal Sql Filter => Place.Model == TenancyModel.Rows
        ? Sql.Of($"{new Ident(Spec.Wanted.Column)} = {new Literal(Tenant.ToString())}") : Sql.Of($"true");

    /// <summary>Opens a place.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="spec">The tenancy.</param>
    /// <param name="tenant">The tenant's id.</param>
    /// <param name="place">The place: the tenant's, or one that it is being moved to.</param>
    /// <param name="token">Cancels.</param>
    internal static async Task<Ground> OpenAsync(Session session, TenancySpec spec, Guid tenant, Placement place, CancellationToken token)
    {
        IReadOnlyList<QName> tables;
        await using (var home = await session.Servers[spec.Server].OpenPlainAsync(spec.Database, token))
            tables = await InOrderAsync(spec, home, token);
        return new(spec, tenant, place, await session.Servers[place.Server].OpenPlainAsync(place.Database, token), tables);
    }

    /// <summary>The tenants' tables, those that others refer to first; in a circle, as they stand in the file.</summary>
    internal static async Task<IReadOnlyList<QName>> InOrderAsync(TenancySpec spec, NpgsqlConnection home, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(References.Text, home);
        command.Parameters.Add(new() { Value = spec.Wanted.Tables.Select(static table => table.Schema).ToArray() });
        command.Parameters.Add(new() { Value = spec.Wanted.Tables.Select(static table => table.Name).ToArray() });
        var edges = new List<(QName From, QName To)>();
        await using (var rows = await command.ExecuteReaderAsync(token))
        {
            while (await rows.ReadAsync(token))
                edges.Add((new(rows.GetString(0), rows.GetString(1)), new(rows.GetString(2), rows.GetString(3))));
        }
        return Order(spec.Wanted.Tables, edges.ToLookup(static edge => edge.From, static edge => edge.To));
    }

    static List<QName> Order(IReadOnlyList<QName> tables, ILookup<QName, QName> refersTo)
    {
        var done = new List<QName>();
        var seen = new HashSet<QName>();
        foreach (var table in tables)
            Visit(table);
        return done;

        void Visit(QName table)
        {
            if (!seen.Add(table))
                return;
            foreach (var other in refersTo[table])
                Visit(other);
            done.Add(table);
        }
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
