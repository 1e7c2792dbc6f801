using System.Globalization;
using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Blueprint;
using Howdah.Patterns.Tenancy.Fanout;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Registry;

namespace Howdah.Patterns.Tenancy.Archiving;

/// <summary>Writes a tenant into an archive, from any model, as it was at one moment, while it is read and written.</summary>
public static class TenantExport
{
    /// <summary>Exports a tenant.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The home database.</param>
    /// <param name="name">The tenant.</param>
    /// <param name="path">The file to write; it must not be there.</param>
    /// <param name="options">How.</param>
    /// <param name="token">Cancels; nothing is left then.</param>
    /// <exception cref="ArchiveException">It cannot be exported; the sentence says why.</exception>
    public static async Task<ArchiveResult> RunAsync(Session session, DatabaseSpec database, string name, string path,
        ArchiveOptions options, CancellationToken token)
    {
        var spec = Uuids(database);
        await using var home = await session.Servers[spec.Server].OpenPlainAsync(spec.Database, token);
        var registry = new TenantRegistry(home, spec.Server);
        var found = await registry.FindAsync(name, token)
            ?? throw new ArchiveException($"there is no tenant `{name}`: howdah tenant list names them");
        // Shared: exports do not mind each other; who moves, migrates or erases the tenant does.
        if (!await home.OneAsync<bool>(Sql.Of($"select pg_catalog.pg_try_advisory_lock_shared({TenantLock.Key(found.Id)})"), token))
            throw new ArchiveException($"the tenant `{name}` is being moved, migrated or erased right now: wait for that to end");
        var tenant = (await registry.FindAsync(found.Id, token))!;
        if (tenant.State is "creating" or "erasing")
            throw new ArchiveException($"the tenant `{name}` is {tenant.State}: there is nothing whole to export");
        var ground = await TenantGround.OfAsync(session, spec, home, tenant.Id, tenant.Home, token);
        await using var writer = ArchiveWriter.Begin(path);
        options.Fault?.Invoke("begun");
        var manifest = await WriteAsync(session, spec, database, tenant, ground, writer, options, token);
        options.Fault?.Invoke("written");
        var hash = await writer.FinishAsync(manifest, token);
        options.Fault?.Invoke("finished");
        await TenantWork.NoteAsync(home, tenant.Id, tenant.Name, "export", token, ("sha256", hash),
            ("rows", manifest.Rows.ToString(CultureInfo.InvariantCulture)));
        return new("exported", tenant.Id, tenant.Name, manifest.Tables.Count, manifest.Rows, hash);
    }

    internal static TenancySpec Uuids(DatabaseSpec database)
    {
        var spec = TenancySpec.Of(database) ?? throw new ArgumentException($"database {database.Name} declares no tenancy");
        return spec.Wanted.Type == "uuid" ? spec : throw new ArchiveException("only tenants whose ids the registry gave can be exported, "
            + $"imported and erased, and `type` is {spec.Wanted.Type}: let the tenant column be a uuid");
    }

    static async Task<ArchiveManifest> WriteAsync(Session session, TenancySpec spec, DatabaseSpec database, Tenant tenant,
        TenantGround ground, ArchiveWriter writer, ArchiveOptions options, CancellationToken token)
    {
        await using var connection = await ground.OpenAsync(replay: false, token);
        await connection.RunAsync(Sql.Of($"begin isolation level repeatable read read only"), token);
        // Nothing of them changes shape from here on.
        await connection.RunAsync(Sql.Of($"""
            lock table {Sql.Join(", ", ground.Order.Select(table => Sql.Of($"{ground.Table(table)}")))} in access share mode
            """), token);
        var snapshot = (await connection.OneAsync<string>(Sql.Of($"select pg_catalog.pg_export_snapshot()"), token))!;
        var tables = await ground.ReadAsync(connection, spec.Wanted.Column, token);
        await using var front = await FrontDoor.OpenAsync(session, database, tenant, snapshot, token);
        var written = new List<ArchivedTable>();
        foreach (var table in tables)
        {
            var gate = new RowGate(table.Home.Plain, tenant.Id, tenant.Id, table.Columns.Count == 1);
            var entry = ArchiveWriter.EntryOf(written.Count);
            using var rows = (StreamReader)await connection.BeginTextExportAsync(Sql.Of($"""
                copy (select {table.StoredList} from {table.Source} where {ground.Side.Mine(table)}) to stdout
                """).ToString(), token);
            // The bytes as the server sends them: nothing is decoded on the way.
            var (bytes, sha256) = await writer.AddAsync(entry, rows.BaseStream, gate, token);
            rows.Dispose();
            var hash = await ground.HashAsync(connection, table, token);
            if (hash.Count != gate.Rows || front is not null && await front.CountAsync(table, token) is { } seen && seen != gate.Rows)
                throw new ArchiveException($"{table.Home.Plain}: {gate.Rows} rows were written, and its owner counts {hash.Count} in the "
                    + "same snapshot, or the application another number: nothing was exported; run howdah plan and howdah prove");
            written.Add(new(table.Home.Schema, table.Home.Name, entry,
                [.. table.Columns.Select(static column => new ArchivedColumn(column.Name, column.Type))], table.Key, gate.Rows, hash.Hash,
                bytes, sha256));
            options.Progress?.Report(new(table.Home.Plain, "exported", gate.Rows));
            options.Fault?.Invoke($"exported {table.Home.Plain}");
        }
        var (at, by, version) = (await connection.ManyAsync(Sql.Of($"""
            select pg_catalog.to_char(pg_catalog.now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), session_user::text,
                   pg_catalog.current_setting('server_version_num')::int
            """), static row => (row.GetString(0), row.GetString(1), row.GetInt32(2)), token))[0];
        var sequences = await SequenceCarry.ReadAsync(connection, ground, tables, token);
        var schema = tenant.Home.Model == TenancyModel.Schemas ? tenant.Home.Place! : "";
        var structure = (await Structure.HashesAsync(spec, connection, schema == "" ? [] : [schema], token)).GetValueOrDefault(schema, "");
        return new(ArchiveManifest.Current, session.Estate.Name, spec.Database, tenant.Id, tenant.Name,
            TenantRegistry.NameOf(tenant.Home.Model), version, structure, at, by, written, sequences);
    }
}
