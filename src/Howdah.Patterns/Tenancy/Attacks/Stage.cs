using System.Globalization;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Attacks;

/// <summary>What an attack came to, before it is a finding.</summary>
sealed record Outcome(Verdict Verdict, string Evidence, string? Fix = null)
{
    internal static Outcome Held(string evidence) => new(Verdict.Held, evidence);
    internal static Outcome Broken(string evidence, string fix) => new(Verdict.Broken, evidence, fix);
    internal static Outcome Unclear(string why) => new(Verdict.Inconclusive, why);

    /// <summary>A refusal: held where it is for lack of a privilege (a policy's refusal is one too); any other shows nothing.</summary>
    internal static Outcome Refused(string what, PostgresException refusal) =>
        Unexpected(what, refusal) ?? Held($"{what}: {refusal.MessageText}");

    /// <summary>A refusal that shows nothing, because it is not for lack of a privilege; null for one that is.</summary>
    internal static Outcome? Unexpected(string what, PostgresException refusal) =>
        Stage.Denied(refusal) ? null : Unclear($"{what}: {Engine.Proving.Evidence.Of(refusal)}");
}

/// <summary>An attack with what makes it.</summary>
/// <param name="About">What the reference page says of it.</param>
/// <param name="MakeAsync">Makes it.</param>
sealed record Staged(Attack About, Func<Stage, CancellationToken, Task<Outcome>> MakeAsync);

/// <summary>Where one attack is made: a login, a table, two tenants that both have rows in it.</summary>
/// <param name="Spec">The tenancy.</param>
/// <param name="Bout">The attacker's connection.</param>
/// <param name="Table">The table.</param>
/// <param name="A">The tenant the attacker may be.</param>
/// <param name="B">The tenant whose rows it wants.</param>
sealed record Stage(TenancySpec Spec, Bout Bout, QName Table, string A, string B)
{
    internal Ident Column => new(Spec.Wanted.Column);

    /// <summary>Sets the context for this transaction; null empties it.</summary>
    internal Task BecomeAsync(string? tenant, CancellationToken token) =>
        Bout.ScalarAsync("select pg_catalog.set_config($1, $2, true)", token, Spec.Wanted.Context, tenant is null ? "" : Spec.Said(tenant));

    internal async Task<long> CountAsync(Sql query, CancellationToken token) =>
        Convert.ToInt64(await Bout.ScalarAsync(query.ToString(), token), CultureInfo.InvariantCulture);

    internal Task<int> RunAsync(Sql statement, CancellationToken token) => Bout.ExecuteAsync(statement.ToString(), token);

    internal Literal Foreign => new(B);
    internal Literal Own => new(A);

    /// <summary>Whether the server refused for lack of a privilege.</summary>
    internal static bool Denied(PostgresException refusal) => refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege;

    /// <summary>What lays the floor again.</summary>
    internal string Floor => $"howdah apply: it lays {TenancySpec.Floor} on {Table.Plain} again";
}
