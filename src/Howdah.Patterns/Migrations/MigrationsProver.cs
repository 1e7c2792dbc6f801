using System.Runtime.CompilerServices;
using Howdah.Engine.Proving;
using Npgsql;

namespace Howdah.Patterns.Migrations;

static class MigrationsProver
{
    internal static Attack Rewrite { get; } = new("MIG-01", "No login can rewrite the record of migrations", Gravity.High, true,
        "Each login role tries to read and to change howdah.migrations; any answer but 'permission denied' is a break.", "Howdah");

    internal static async IAsyncEnumerable<Finding> ProveAsync(
        MigrationsSpec spec, IReadOnlyList<string> logins, Arena arena, [EnumeratorCancellation] CancellationToken token)
    {
        foreach (var login in logins)
            yield return await TryAsync(spec, login, arena, token);
    }

    static async Task<Finding> TryAsync(MigrationsSpec spec, string login, Arena arena, CancellationToken token)
    {
        const string Statement = "update howdah.migrations set checksum = ''";
        var target = $"{spec.Database} as {login}";
        try
        {
            await using var bout = await arena.EnterAsync(login, token);
            var (_, refusal) = await bout.TryAsync(static b => b.ExecuteAsync(Statement, CancellationToken.None), token);
            return refusal?.SqlState == PostgresErrorCodes.InsufficientPrivilege
                ? new(Rewrite, MigrationsSpec.Key, target, Verdict.Held, $"{Statement}: {refusal.MessageText}")
                : new(Rewrite, MigrationsSpec.Key, target, refusal is null ? Verdict.Broken : Verdict.Inconclusive,
                    $"{Statement}: {refusal?.MessageText ?? "was let through"}", $"REVOKE ALL ON SCHEMA howdah FROM {login}");
        }
        catch (PostgresException shut) when (shut.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return new(Rewrite, MigrationsSpec.Key, target, Verdict.Held, $"may not even enter: {shut.MessageText}");
        }
        catch (Exception closed) when (closed is Engine.Servers.LoginUnavailableException or NpgsqlException)
        {
            return new(Rewrite, MigrationsSpec.Key, target, Verdict.Inconclusive, Evidence.Of(closed));
        }
    }
}
