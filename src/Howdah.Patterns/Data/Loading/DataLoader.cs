using System.IO.Compression;
using System.Text;
using Howdah.Engine;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Data.Loading;

/// <summary>What loading one file came to.</summary>
/// <param name="File">The file as declared.</param>
/// <param name="Steps">The steps that put its rows where they belong, as declared: a file may have several.</param>
/// <param name="Rows">Its lines without the header; of the earlier load where it was skipped.</param>
/// <param name="Loaded">False where this content was loaded before.</param>
public sealed record Load(string File, string Steps, long Rows, bool Loaded);

/// <summary>
/// Loads an estate's files, exactly once each: rows, steps and the record of the load are one transaction, and the record's key is the
/// content. The
/// work runs as the database's owner with the floor lifted for this transaction alone, since one file holds many tenants' rows and
/// PostgreSQL refuses
/// COPY into protected tables.
/// </summary>
public static class DataLoader
{
    /// <summary>Loads what is not loaded yet.</summary>
    /// <param name="session">The estate, applied.</param>
    /// <param name="progress">Told of each file and of every 8 MB sent.</param>
    /// <param name="token">Cancels; what was begun is rolled back.</param>
    /// <exception cref="PostgresException">The server refused a line or a step; nothing of that file is loaded.</exception>
    public static async Task<IReadOnlyList<Load>> RunAsync(Session session, IProgress<string>? progress, CancellationToken token)
    {
        var loads = new List<Load>();
        foreach (var database in session.Estate.Databases)
        {
            var target = new Target(session.Estate, session.Estate.Servers[database.Server], database);
            if (DataPattern.Read(target) is not { } spec)
                continue;
            await using var connection = await session.Servers[spec.Server].OpenAdminAsync(spec.Database, token);
            foreach (var file in spec.Files)
                loads.Add(await LoadAsync(connection, spec, file, progress, token));
        }
        return loads;
    }

    static async Task<Load> LoadAsync(NpgsqlConnection connection, DataSpec spec, DataFile file, IProgress<string>? progress,
        CancellationToken token)
    {
        var identity = LoadIdentity.Of(spec.Folder, file);
        await using var transaction = await connection.BeginTransactionAsync(token);
        // One load of a content at a time: a second one waits here and then finds the record.
        await RunAsync(connection, Sql.Of($"select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended({new Literal(identity)}, "
            + $"0))"), token);
        if (await ScalarAsync(connection, Sql.Of($"select rows from howdah.loads where identity = {new Literal(identity)}"), token)
            is long before)
            return new(file.File, file.Steps, before, false);
        progress?.Report($"loading {file.File} by {file.Steps}");
        var lift = await ScalarAsync(connection, Sql.Of($"select pg_catalog.to_regprocedure('howdah.lift_floor()') is not null"), token)
            is true;
        await RunAsync(connection, Sql.Of($"set local search_path = ''"), token);
        await RunAsync(connection, Sql.Of($"set local role {new Ident(spec.Owner)}"), token);
        var lifted = lift ? await ScalarAsync(connection, Sql.Of($"select howdah.lift_floor()::text[]::text"), token) as string : null;
        var rows = await StageAsync(connection, spec, file, progress, token);
        // EXECUTE refuses COMMIT and ROLLBACK: after either, the rest of the steps would run as the role that applies, and the load be
        // halved.
        var steps = new DollarQuoted($"\n{await File.ReadAllTextAsync(Path.Combine(spec.Folder, file.Steps), token)}\n");
        await RunAsync(connection, Sql.Of($"do {new DollarQuoted($"begin execute {steps}; end")}"), token);
        if (lifted is not null)
            await RunAsync(connection, Sql.Of($"select howdah.restore_floor({new Literal(lifted)}::pg_catalog.regclass[])"), token);
        await RunAsync(connection, Sql.Of($"reset role"), token);
        await RunAsync(connection, Sql.Of($"insert into howdah.loads (identity, file, rows) values ({new Literal(identity)}, "
            + $"{new Literal(file.File)}, {rows})"), token);
        await transaction.CommitAsync(token);
        return new(file.File, file.Steps, rows, true);
    }

    // The server parses the CSV, so that quotes and line ends inside fields are what COPY says they are.
    static async Task<long> StageAsync(NpgsqlConnection connection, DataSpec spec, DataFile file, IProgress<string>? progress,
        CancellationToken token)
    {
        await using var raw = File.OpenRead(Path.Combine(spec.Folder, file.File));
        await using var plain = file.File.EndsWith(".gz", StringComparison.Ordinal)
            ? (Stream)new GZipStream(raw, CompressionMode.Decompress) : raw;
        var (header, rest) = await HeaderLine.ReadAsync(plain, token);
        var columns = Sql.Join(", ", HeaderLine.Columns(header).Select(name => Sql.Of($"{new Ident(name)} text")));
        await RunAsync(connection, Sql.Of($"create temporary table staging ({columns}) on commit drop"), token);
        await using (var copy = await connection.BeginTextImportAsync("copy pg_temp.staging from stdin with (format csv, header false)",
            token))
        {
            var text = new Decoded(copy);
            await text.WriteAsync(rest, token);
            var buffer = new byte[1 << 16];
            for (long sent = rest.Length, told = 0; await plain.ReadAsync(buffer, token) is var count and > 0;)
            {
                await text.WriteAsync(buffer.AsMemory(0, count), token);
                sent += count;
                if (sent - told < 8 << 20)
                    continue;
                told = sent;
                progress?.Report($"loading {file.File}: {sent >> 20} MB");
            }
        }
        return (long)(await ScalarAsync(connection, Sql.Of($"select count(*) from pg_temp.staging"), token))!;
    }

    static async Task RunAsync(NpgsqlConnection connection, Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(token);
    }

    static async Task<object?> ScalarAsync(NpgsqlConnection connection, Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), connection) { CommandTimeout = 0 };
        return await command.ExecuteScalarAsync(token);
    }

    /// <summary>Carries bytes of UTF-8 to a text writer; a character may be cut in two by a buffer's end.</summary>
    sealed class Decoded(TextWriter writer)
    {
        readonly Decoder decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();

        internal async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken token)
        {
            var characters = new char[bytes.Length + 1];
            var count = decoder.GetChars(bytes.Span, characters, flush: false);
            await writer.WriteAsync(characters.AsMemory(0, count), token);
        }
    }
}
