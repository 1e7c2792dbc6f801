using Howdah.Engine.Planning;
using Npgsql;
using NpgsqlTypes;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>
/// How far the target is, kept in the target and written in the transaction that applies the changes: whatever is cut off, each change of
/// the source is there once. It lies in a schema of its own that goes when the move ends.
/// </summary>
/// <param name="schema">The schema's name: one for each move.</param>
sealed class Position(string schema)
{
    readonly QName table = new(schema, "position");

    /// <summary>The name of the schema for a move.</summary>
    internal static string SchemaOf(Guid work) => $"howdah_move_{work:n}"[..32];

    /// <summary>Makes the place for it; does nothing where it is there.</summary>
    internal async Task MakeAsync(Side target, CancellationToken token)
    {
        await using var admin = await target.OpenAdminAsync(token);
        await admin.RunAsync(Sql.Of($"""
            create schema if not exists {new Ident(schema)} authorization {new Ident(target.Owner)};
            create table if not exists {table} (
              at pg_lsn not null, changes bigint not null, one boolean primary key default true check (one));
            alter table {table} owner to {new Ident(target.Owner)};
            """), token);
    }

    /// <summary>Starts counting at a place in the source's log: where the copy was taken.</summary>
    internal async Task BeginAsync(NpgsqlConnection target, NpgsqlLogSequenceNumber at, CancellationToken token) =>
        await target.RunAsync(Sql.Of($"""
            delete from {table};
            insert into {table} (at, changes) values ({new Literal(at.ToString())}, 0)
            """), token);

    /// <summary>Where the target is; null where the copy is not complete.</summary>
    internal Task<NpgsqlLogSequenceNumber?> ReadAsync(NpgsqlConnection target, CancellationToken token) =>
        target.OneAsync<NpgsqlLogSequenceNumber?>(Sql.Of($"select at from {table}"), token);

    /// <summary>The statement that moves it on, for the same transaction as the changes.</summary>
    internal NpgsqlBatchCommand Advance(NpgsqlLogSequenceNumber at, long changes) =>
        new(Sql.Of($"update {table} set at = $1, changes = changes + $2").ToString())
        {
            Parameters = { new() { Value = at, NpgsqlDbType = NpgsqlDbType.PgLsn }, new() { Value = changes } },
        };

    /// <summary>Takes the place away.</summary>
    internal async Task RemoveAsync(Side target, CancellationToken token)
    {
        await using var admin = await target.OpenAdminAsync(token);
        await admin.RunAsync(Sql.Of($"set client_min_messages = warning"), token);
        await admin.RunAsync(Sql.Of($"drop schema if exists {new Ident(schema)} cascade"), token);
    }
}
