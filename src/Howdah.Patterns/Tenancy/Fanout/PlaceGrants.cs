using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Blueprint;
using Howdah.Patterns.Tenancy.Placing;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>What tenants' roles may do in their databases: what applications may do at home, from the first day and after every change of
/// the declared grants.</summary>
static class PlaceGrants
{
    /// <summary>The first thing that a tenant's role may do and should not, or the other way round, in words; null where there is none.
    /// </summary>
    internal static string? Difference(IReadOnlyList<string> home, IReadOnlyList<string> seen) =>
        home.Except(seen).FirstOrDefault() is { } lacking ? $"its role lacks what the application has at home (`{lacking} …`)"
        : More(home, seen).FirstOrDefault() is { } more ? $"its role has what the application has not at home (`{more} …`)" : null;

    // A type is everybody's from birth, unless home's defaults say otherwise; that it is here does no harm.
    static IEnumerable<string> More(IReadOnlyList<string> home, IReadOnlyList<string> seen) =>
        seen.Except(home).Where(static grant => !grant.StartsWith("grant usage on type ", StringComparison.Ordinal));

    /// <summary>What applications may do at home.</summary>
    internal static async Task<HomeGrants> WantedAsync(TenancySpec spec, NpgsqlConnection home, CancellationToken token) =>
        new(await Structure.GrantsAsync(spec, spec.Wanted.Roles, home, token),
            await OnTablesAsync(home, Structures.AtHome(spec, objects: true), token));

    /// <summary>Gives all of it anew where anything differs; whether it did.</summary>
    internal static async Task<bool> BringUpAsync(TenancySpec spec, TenantPlace place, HomeGrants wanted, NpgsqlConnection inside,
        CancellationToken token)
    {
        var seen = await Structure.GrantsAsync(spec, [place.Place], inside, token);
        if (Difference(wanted.Grants, seen) is null
            && (await OnTablesAsync(inside, Structures.InDatabase(spec, place, objects: true), token)).SequenceEqual(wanted.OnTables))
            return false;
        await using var transaction = await inside.BeginTransactionAsync(token);
        await Run.AllAsync(inside,
            [Sql.Of($"set local role {new Ident(spec.Owner)}"), .. Mend(spec, place.Place, wanted.Grants, seen)], token);
        await transaction.CommitAsync(token);
        return true;
    }

    // Also what no grant of ours gives, such as TRUNCATE.
    static async Task<IReadOnlyList<(string, string, string)>> OnTablesAsync(NpgsqlConnection connection, object[] parameters,
        CancellationToken token) => [.. (await Structures.ReadAsync(connection, parameters, token))
            .Where(static row => row.Object.EndsWith(" privileges", StringComparison.Ordinal)).Order()];

    // In one transaction: nobody sees the role without.
    static IEnumerable<Sql> Mend(TenancySpec spec, string place, IReadOnlyList<string> wanted, IReadOnlyList<string> seen)
    {
        var role = new Ident(place);
        foreach (var table in spec.Wanted.Tables)
            yield return Sql.Of($"revoke all on {table} from {role}");
        foreach (var more in More(wanted, seen))
            yield return Sql.Of($"{Sql.Written("revoke" + more["grant".Length..^" to".Length])} from {role}, public");
        foreach (var grant in wanted)
            yield return Sql.Of($"{Sql.Written(grant)} {role}");
    }
}

/// <summary>What applications may do at home.</summary>
/// <param name="Grants">As GRANTs that lack the role at their end.</param>
/// <param name="OnTables">Of each table, everything that anybody granted.</param>
sealed record HomeGrants(IReadOnlyList<string> Grants, IReadOnlyList<(string, string, string)> OnTables);
