using System.Runtime.CompilerServices;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Patterns.Databases;

/// <summary>Attacks databases as each role that can log in.</summary>
static class DatabasesProver
{
    static readonly string[] Own = ["postgres", "template1"];

    internal static async IAsyncEnumerable<Finding> ProveAsync(DatabasesSpec spec, Arena arena,
        [EnumeratorCancellation] CancellationToken token)
    {
        foreach (var role in arena.Logins)
        {
            foreach (var database in spec.Databases.Keys)
                yield return await AttackAsync(DatabaseAttacks.Change, arena, role, database, Changes(role, database), token);
            foreach (var database in Own)
                yield return await AttackAsync(DatabaseAttacks.Plant, arena, role, database, Plants, token);
        }
        var facts = await DatabasesInspector.InspectAsync(spec, arena.Catalog, token);
        foreach (var (name, wish) in spec.Databases)
        {
            var owner = facts.Databases.GetValueOrDefault(name)?.Owner;
            yield return owner switch
            {
                null => new(DatabaseAttacks.Owner, DatabasesPattern.Key, $"database {name}",
                    Verdict.Inconclusive, "there is no such database"),
                _ when owner == wish.Owner => new(DatabaseAttacks.Owner, DatabasesPattern.Key, $"database {name}",
                    Verdict.Held, $"it belongs to {owner}"),
                _ => new(DatabaseAttacks.Owner, DatabasesPattern.Key, $"database {name}",
                    Verdict.Broken, $"it belongs to {owner}, not to {wish.Owner}",
                    $"ALTER DATABASE {new Ident(name)} OWNER TO {new Ident(wish.Owner)}"),
            };
        }
    }

    static Sql[] Changes(string role, string database) =>
    [
        Sql.Of($"ALTER DATABASE {new Ident(database)} WITH CONNECTION LIMIT 1"),
        Sql.Of($"ALTER DATABASE {new Ident(database)} SET row_security TO off"),
        Sql.Of($"ALTER DATABASE {new Ident(database)} OWNER TO {new Ident(role)}"),
        Sql.Of($"CREATE SCHEMA {new Ident("howdah_attack")}"),
    ];

    static Sql[] Plants =>
    [
        Sql.Of($"CREATE SCHEMA {new Ident("howdah_attack")}"),
        Sql.Of($"CREATE FUNCTION public.howdah_attack() RETURNS integer LANGUAGE sql RETURN 1"),
    ];

    static async Task<Finding> AttackAsync(Attack attack, Arena arena, string role, string database, Sql[] tries, CancellationToken token)
    {
        var target = $"database {database} as {role}";
        try
        {
            await using var bout = await arena.EnterAsync(role, database, token);
            foreach (var sql in tries)
            {
                var refusal = (await bout.TryAsync(async each => await each.ExecuteAsync(sql.ToString(), token), token)).Refusal;
                if (refusal is null)
                    return new(attack, DatabasesPattern.Key, target,
                        Verdict.Broken, $"it worked: {sql}", "howdah plan shows what differs; else revoke CREATE there");
                if (refusal.SqlState != PostgresErrorCodes.InsufficientPrivilege)
                    return Unstaged($"{sql} failed for another reason: {refusal.SqlState} {refusal.MessageText}");
            }
            return new(attack, DatabasesPattern.Key, target,
                Verdict.Held, $"refused: {string.Join("; ", tries.Select(static sql => sql.ToString()))}");
        }
        catch (LoginUnavailableException missing)
        {
            return Unstaged(missing.Message);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return new(attack, DatabasesPattern.Key, target, Verdict.Held, $"it may not even connect: {refused.MessageText}");
        }
        catch (NpgsqlException failed)
        {
            return Unstaged($"could not log in: {(failed as PostgresException)?.MessageText ?? failed.Message}");
        }

        Finding Unstaged(string why) => new(attack, DatabasesPattern.Key, target, Verdict.Inconclusive, why);
    }
}
