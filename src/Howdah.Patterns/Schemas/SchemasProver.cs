using System.Runtime.CompilerServices;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Patterns.Schemas;

static class SchemasProver
{
    internal static Attack Create { get; } = new("SCH-01", "No login can make objects in a schema of the estate", Gravity.High, true,
        "Each login role tries to create a table in each declared schema and in public; success is a break: what a higher role calls "
            + "there could be theirs.",
        "CVE-2018-1058");

    internal static async IAsyncEnumerable<Finding> ProveAsync(SchemasSpec spec, Arena arena,
        [EnumeratorCancellation] CancellationToken token)
    {
        foreach (var login in arena.Logins)
        {
            foreach (var schema in spec.Schemas.Keys.Append("public").Distinct())
                yield return await TryAsync(login, schema, arena, token);
        }
    }

    static async Task<Finding> TryAsync(string login, string schema, Arena arena, CancellationToken token)
    {
        var statement = Sql.Of($"create table {new QName(schema, "howdah_intruder")} (x integer)").ToString();
        var target = $"{schema} as {login}";
        try
        {
            await using var bout = await arena.EnterAsync(login, token);
            var (_, refusal) = await bout.TryAsync(b => b.ExecuteAsync(statement, token), token);
            return refusal switch
            {
                { SqlState: PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidSchemaName } =>
                    new(Create, SchemasSpec.Key, target, Verdict.Held, $"{statement}: {refusal.MessageText}"),
                null => new(Create, SchemasSpec.Key, target, Verdict.Broken, $"{statement}: let through",
                    $"REVOKE CREATE ON SCHEMA {new Ident(schema)} FROM PUBLIC, {new Ident(login)}"),
                _ => new(Create, SchemasSpec.Key, target, Verdict.Inconclusive, refusal.MessageText),
            };
        }
        catch (PostgresException shut) when (shut.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return new(Create, SchemasSpec.Key, target, Verdict.Held, $"may not even enter: {shut.MessageText}");
        }
        catch (Exception closed) when (closed is NpgsqlException or LoginUnavailableException)
        {
            return new(Create, SchemasSpec.Key, target, Verdict.Inconclusive, Evidence.Of(closed));
        }
    }
}
