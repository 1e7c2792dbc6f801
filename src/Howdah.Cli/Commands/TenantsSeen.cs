using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Howdah.Cli.Output;
using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Cli.Commands;

/// <summary>What a plan says of one tenancy beside its steps: who lives where, moves that have not ended, databases that are not as
/// home.</summary>
/// <param name="Database">The home database.</param>
/// <param name="Places">How many live where.</param>
/// <param name="Moves">Moves that have not ended.</param>
/// <param name="Drift">Databases that are not as home; schemas that are not are among the plan's notes.</param>
sealed record TenantsSeen(string Database, IReadOnlyList<(string Model, string Server, int Tenants)> Places, IReadOnlyList<OpenMove> Moves,
    IReadOnlyList<PlaceDifference> Drift)
{
    internal static async Task<IReadOnlyList<TenantsSeen>> ReadAsync(Session session, CancellationToken token)
    {
        var all = new List<TenantsSeen>();
        foreach (var database in session.Estate.Databases.Where(static each => TenantContext.SettingOf(each) is not null))
        {
            try
            {
                await using var tenants = await Tenants.OpenAsync(session, database, token);
                if (await tenants.ListAsync(token) is not { Count: > 0 } list)
                    continue;
                all.Add(new(database.Name, [.. list.GroupBy(static tenant => (tenant.Home.Model, tenant.Home.Server))
                    .OrderBy(static group => group.Key.Model).ThenBy(static group => group.Key.Server, StringComparer.Ordinal)
                    .Select(static group => (TenantRegistry.NameOf(group.Key.Model), group.Key.Server, group.Count()))],
                    await tenants.UnderWayAsync(token), await tenants.DatabaseDriftAsync(token)));
            }
            catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.InvalidCatalogName
                or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn
                or PostgresErrorCodes.ObjectNotInPrerequisiteState)
            {
                // Nothing is applied yet, or by an earlier version: the plan says what is to come.
            }
        }
        return all;
    }

    /// <summary>Whether a tenant's schema or database is not as home.</summary>
    internal static bool Differ(Plan plan, IReadOnlyList<TenantsSeen> all) =>
        plan.Notes.Any(static note => note.Code == PlaceDifference.Code) || all.Any(static seen => seen.Drift.Count > 0);

    internal void Tell(Screen screen)
    {
        screen.Tell($"Tenants of {Database}: "
            + string.Join(", ", Places.Select(static place => $"{place.Tenants} in {place.Model} on {place.Server}")) + ".");
        foreach (var move in Moves)
            screen.Tell($"{char.ToUpperInvariant(move.Sentence[0])}{move.Sentence[1..]}.");
        foreach (var drift in Drift)
            screen.Tell($"The database {drift.Place} of tenant {drift.Tenant} is not as home: {drift.Difference}.");
    }

    /// <summary>The plan as JSON, with what is seen of tenants.</summary>
    internal static string Write(Plan plan, IReadOnlyList<TenantsSeen> all)
    {
        if (all.Count == 0)
            return PlanFile.Write(plan);
        var json = JsonNode.Parse(PlanFile.Write(plan))!.AsObject();
        json["tenants"] = new JsonArray([.. all.Select(static seen => new JsonObject
        {
            ["database"] = seen.Database,
            ["places"] = new JsonArray([.. seen.Places.Select(static place => new JsonObject
            {
                ["model"] = place.Model, ["server"] = place.Server, ["tenants"] = place.Tenants,
            })]),
            ["moves"] = new JsonArray([.. seen.Moves.Select(static move => new JsonObject
            {
                ["tenant"] = move.Tenant, ["step"] = move.Step, ["alive"] = move.Alive, ["keptLog"] = move.KeptLog,
            })]),
            ["drift"] = new JsonArray([.. seen.Drift.Select(static drift => new JsonObject
            {
                ["tenant"] = drift.Tenant, ["place"] = drift.Place, ["difference"] = drift.Difference,
            })]),
        })]);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            json.WriteTo(writer);
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
