using Howdah.Engine.Proving;

namespace Howdah.Patterns.Tenancy.Attacks;

/// <summary>Attacks on a signed context: what an injected statement would try to become another tenant.</summary>
static class ForgeAttacks
{
    const string Some = "00000000-0000-4000-8000-000000000001";

    internal static IReadOnlyList<(Attack About, Func<TenancySpec, Bout, CancellationToken, Task<Outcome>> MakeAsync)> All { get; } =
    [
        (new("TEN-F21", "A signed context cannot be forged", Gravity.Critical, true,
            "Where contexts are signed: sets a bare id, a made-up signature, another id or expiry under a right signature, one that has "
                + "expired and one of another session; anything but a refusal is a break, and so is a right one that is refused.",
                    "Howdah"),
            static async (spec, bout, token) =>
            {
                if (!spec.Wanted.Signed)
                    return Outcome.Held("contexts are not signed here, so none is promised");
                if (!spec.Wanted.Roles.Contains(bout.Role))
                    return Outcome.Held($"{bout.Role} serves no tenant");
                var right = spec.Said(Some);
                if (right == Some)
                    return Outcome.Unclear("the key is not to be had here");
                var parts = right.Split('.');
                foreach (var (how, said) in ((string, string)[])
                    [
                        ("a bare id", Some),
                        ("a made-up signature", $"{Some}.{parts[1]}.0.{new string('0', 64)}"),
                        ("another id under a right signature", $"{Some[..^1]}2.{parts[1]}.0.{parts[3]}"),
                        ("a later expiry under a right signature", $"{Some}.9{parts[1][1..]}.0.{parts[3]}"),
                        ("another session's", spec.Forged(Some, ForgedContext.Session)),
                        ("one that has expired", spec.Forged(Some, ForgedContext.Expired)),
                    ])
                {
                    var (seen, refusal) = await AskAsync(bout, spec, said, token);
                    if (refusal is null)
                        return Outcome.Broken($"{how}: taken for tenant {seen}", "howdah apply: it makes howdah.verified_tenant() again");
                    if (Outcome.Unexpected(how, refusal) is { } unclear)
                        return unclear;
                }
                var (tenant, wrong) = await AskAsync(bout, spec, right, token);
                return tenant == Some ? Outcome.Held("bare, made-up, altered, expired, another session's: all refused; a right one is "
                    + "taken")
                    : Outcome.Broken($"a right signature: {wrong?.MessageText ?? "no tenant"}",
                        "howdah apply: it puts the declared key into howdah.signing");
            }),

        (new("TEN-F22", "No login reads the key of signed contexts", Gravity.Critical, true,
            "Reads and replaces howdah.signing; either is a break: whoever has the key is every tenant.", "Howdah"),
            static async (spec, bout, token) =>
            {
                if (!spec.Wanted.Signed)
                    return Outcome.Held("contexts are not signed here, so there is no key");
                foreach (var statement in (string[])["select 1 from howdah.signing", "update howdah.signing set inner_key = ''"])
                {
                    var (_, refusal) = await bout.TryAsync(inner => inner.ExecuteAsync(statement, token), token);
                    if (refusal is null)
                        return Outcome.Broken($"{statement}: let through", $"REVOKE ALL ON howdah.signing FROM PUBLIC, \"{bout.Role}\"");
                    if (Outcome.Unexpected(statement, refusal) is { } unclear)
                        return unclear;
                }
                return Outcome.Held("read, replace: refused");
            }),
    ];

    static Task<(string? Result, Npgsql.PostgresException? Refusal)> AskAsync(Bout bout, TenancySpec spec, string said,
        CancellationToken token) => bout.TryAsync(async inner =>
        {
            await inner.ScalarAsync("select pg_catalog.set_config($1, $2, true)", token, spec.Wanted.Context, said);
            return await inner.ScalarAsync("select howdah.current_tenant()::text", token) as string;
        }, token);
}

/// <summary>A context that is signed rightly and must be refused all the same.</summary>
enum ForgedContext
{
    /// <summary>It has expired.</summary>
    Expired,
    /// <summary>It belongs to another backend.</summary>
    Session,
}
