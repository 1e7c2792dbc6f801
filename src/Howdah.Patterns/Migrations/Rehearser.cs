using System.Security.Cryptography;
using System.Text;
using Howdah.Engine.Planning;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Patterns.Migrations;

/// <summary>
/// Tries pending files on a scratch database of the same server, which holds what the files stand on (schemas, extensions, the migrations
/// already
/// applied) and no rows. Where the plan also makes the roles, all happens in one transaction that is rolled back, so no role is left
/// behind.
/// </summary>
static class Rehearser
{
    internal static async Task<MigrationsFacts> RehearseAsync(MigrationsSpec spec, MigrationsFacts facts, Workshop workshop,
        CancellationToken token)
    {
        var applied = facts.Applied.Select(each => each.Version).ToHashSet();
        var pending = spec.Files.Where(file => !applied.Contains(file.Version)).ToList();
        if (pending.Count == 0)
            return facts;
        var key = Key(spec, facts, workshop);
        if (RehearsalCache.Read(workshop.CacheFolder, key) is { } known)
            return facts with { Rehearsals = known };
        Dictionary<string, Rehearsal> rehearsals;
        try
        {
            rehearsals = await InScratchAsync(spec, facts, pending, workshop, token);
        }
        catch (PostgresException cannot)
        {
            rehearsals = pending.ToDictionary(file => file.Name, _ => Rehearsal.Skipped(cannot.MessageText));
        }
        if (rehearsals.Values.All(each => each.NotRehearsed is null))
            RehearsalCache.Write(workshop.CacheFolder, key, rehearsals);
        return facts with { Rehearsals = rehearsals };
    }

    static async Task<Dictionary<string, Rehearsal>> InScratchAsync(
        MigrationsSpec spec, MigrationsFacts facts, List<MigrationFile> pending, Workshop workshop, CancellationToken token)
    {
        await using var scratch = await Scratch.MakeAsync(workshop.Server, token);
        await using var connection = await workshop.Server.OpenPlainAsync(scratch.Name, token);
        await RunAsync(connection, Sql.Of($"set search_path = ''"), token);
        return await TryAllAsync(connection, spec, facts, pending, workshop, token);
    }

    static async Task<Dictionary<string, Rehearsal>> TryAllAsync(NpgsqlConnection connection, MigrationsSpec spec, MigrationsFacts facts,
        List<MigrationFile> pending, Workshop workshop, CancellationToken token)
    {
        var results = new Dictionary<string, Rehearsal>();
        var fresh = facts.Applied.Count == 0;
        await using var whole = fresh ? await connection.BeginTransactionAsync(token) : null;
        await SetStageAsync(connection, spec, facts, workshop, fresh, token);
        foreach (var file in pending)
        {
            if (!file.Transactional && fresh)
            {
                // In one transaction with what it stands on it cannot run; its objects are learnt by a rehearsal once the rest is applied.
                results[file.Name] = Rehearsal.Skipped(
                    "it runs outside a transaction; apply the migrations before it first, then it can be rehearsed");
                continue;
            }
            results[file.Name] = file.Transactional
                ? await TryAsync(connection, spec, file, fresh, facts.HasFloor, token)
                : await TryAloneAsync(connection, file, token);
            if (results[file.Name].Failure is not null)
            {
                foreach (var rest in pending.SkipWhile(each => each != file).Skip(1))
                    results[rest.Name] = Rehearsal.Skipped($"{file.Name} fails before it");
                break;
            }
        }
        return results;
    }

    static async Task SetStageAsync(
        NpgsqlConnection connection, MigrationsSpec spec, MigrationsFacts facts, Workshop workshop, bool fresh, CancellationToken token)
    {
        foreach (var step in workshop.Before.Where(step => step.Transactional && (fresh || step.Database is not null)))
        {
            if (step.Pattern is "howdah" or "databases" || step.Sql.Any(sql => sql.HasSecret))
                continue; // needs what is not in the scratch database, and nothing of a file stands on it
            foreach (var sql in step.Sql)
                await RunAsync(connection, sql, token);
        }
        foreach (var (name, schema) in facts.Extensions)
        {
            await RunAsync(connection, Sql.Of($"create schema if not exists {new Ident(schema)}"), token);
            await RunAsync(connection, Sql.Of($"create extension if not exists {new Ident(name)} schema {new Ident(schema)}"), token);
        }
        foreach (var (name, owner) in facts.Schemas)
            await RunAsync(connection, Sql.Of($"create schema if not exists {new Ident(name)} authorization {new Ident(owner)}"), token);
        await RunAsync(connection, Sql.Of($"grant temporary on database {new Ident(connection.Database!)} to {new Ident(spec.Owner)}"),
            token);
        foreach (var applied in facts.Applied)
        {
            var file = MigrationFiles.Parse(applied.Version, applied.Name, applied.Text);
            if (file.Transactional)
            {
                await using var transaction = await connection.BeginTransactionAsync(token);
                foreach (var sql in MigrationScript.InTransaction(spec.Owner, file.Text, lift: false))
                    await RunAsync(connection, sql, token);
                await transaction.CommitAsync(token);
            }
            else
            {
                await RunAsync(connection, Sql.Written(file.Text), token);
            }
        }
    }

    static async Task<Rehearsal> TryAsync(
        NpgsqlConnection connection, MigrationsSpec spec, MigrationFile file, bool fresh, bool floor, CancellationToken token)
    {
        await using var own = fresh ? null : await connection.BeginTransactionAsync(token);
        var before = await Observation.TakeAsync(connection, token);
        var held = await Observation.LocksAsync(connection, token);
        try
        {
            foreach (var sql in MigrationScript.InTransaction(spec.Owner, file.Text, lift: false))
                await RunAsync(connection, sql, token);
        }
        catch (PostgresException wrong) when (!Scratch.HasNoRoom(wrong))
        {
            return Rehearsal.Failed(ErrorPlace.Tell(wrong, file.Text));
        }
        var locks = await Observation.LocksAsync(connection, token);
        locks.ExceptWith(held);
        var result = Observation.Judge(before, await Observation.TakeAsync(connection, token), locks, floor);
        if (own is not null)
            await own.CommitAsync(token);
        return result;
    }

    static async Task<Rehearsal> TryAloneAsync(NpgsqlConnection connection, MigrationFile file, CancellationToken token)
    {
        var before = await Observation.TakeAsync(connection, token);
        try
        {
            await RunAsync(connection, Sql.Written(file.Text), token);
        }
        catch (PostgresException wrong) when (!Scratch.HasNoRoom(wrong))
        {
            return Rehearsal.Failed(ErrorPlace.Tell(wrong, file.Text));
        }
        return Observation.Judge(before, await Observation.TakeAsync(connection, token), [], floor: false);
    }

    static async Task RunAsync(NpgsqlConnection connection, Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), connection);
        await command.ExecuteNonQueryAsync(token);
    }

    static string Key(MigrationsSpec spec, MigrationsFacts facts, Workshop workshop)
    {
        var parts = new StringBuilder().Append(workshop.Server.Facts.Version).Append(spec.Owner).Append(facts.HasFloor);
        parts.AppendJoin('|', spec.Files.Select(file => file.Checksum)).AppendJoin('|', facts.Applied.Select(each => each.Checksum));
        parts.AppendJoin('|', facts.Schemas).AppendJoin('|', facts.Extensions).AppendJoin('|', workshop.Before.Select(step => step.Id));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts.ToString())));
    }
}
