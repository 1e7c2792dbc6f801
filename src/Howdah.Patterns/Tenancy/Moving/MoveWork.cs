using System.Text.Json.Nodes;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>A move as the registry remembers it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Step">How far it is.</param>
/// <param name="From">Where the tenant lives.</param>
/// <param name="To">Where it goes.</param>
sealed record MoveWork(Guid Id, Guid Tenant, MoveStep Step, Placement From, Placement To)
{
    /// <summary>The word in tenant_work.kind.</summary>
    internal const string Kind = "move";

    /// <summary>The move of a tenant that is under way; null where none is.</summary>
    /// <exception cref="MoveException">Something else is under way with the tenant.</exception>
    internal static async Task<MoveWork?> FindAsync(NpgsqlConnection home, Guid tenant, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(
            "select id, tenant, step, detail::text, kind from howdah.tenant_work where tenant = $1 and finished is null", home);
        command.Parameters.Add(new() { Value = tenant });
        await using var row = await command.ExecuteReaderAsync(token);
        if (!await row.ReadAsync(token))
            return null;
        if (row.GetString(4) is not Kind and var other)
            throw new MoveException($"a tenant is moved only where nothing else is under way with it: finish its {other} first");
        var detail = JsonNode.Parse(row.GetString(3))!;
        return new(row.GetGuid(0), row.GetGuid(1), MoveSteps.Read(row.GetString(2)), Read(detail["from"]!), Read(detail["to"]!));
    }

    /// <summary>Writes a new move down, with the name of the place that it will make.</summary>
    internal static async Task<MoveWork> BeginAsync(NpgsqlConnection home, Guid tenant, Placement from, Placement to,
        CancellationToken token)
    {
        var detail = new JsonObject { ["from"] = Write(from), ["to"] = Write(to) };
        await using var command = new NpgsqlCommand(
            "insert into howdah.tenant_work (tenant, kind, step, detail) values ($1, $2, $3, $4::jsonb) returning id", home);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = Kind });
        command.Parameters.Add(new() { Value = MoveStep.Placing.Word() });
        command.Parameters.Add(new() { Value = detail.ToJsonString() });
        return new((Guid)(await command.ExecuteScalarAsync(token))!, tenant, MoveStep.Placing, from, to);
    }

    /// <summary>Writes down the next step; within the caller's transaction where there is one.</summary>
    internal async Task<MoveWork> StepAsync(NpgsqlConnection home, MoveStep next, CancellationToken token)
    {
        await home.RunAsync(Sql.Of($"""
            update howdah.tenant_work set step = {new Literal(next.Word())} where id = {new Literal(Id.ToString())}
            """), token);
        return this with { Step = next };
    }

    /// <summary>Writes down that it has ended.</summary>
    internal Task FinishAsync(NpgsqlConnection home, string outcome, CancellationToken token) => home.RunAsync(Sql.Of($"""
        update howdah.tenant_work set finished = pg_catalog.now(), outcome = {new Literal(outcome)}
        where id = {new Literal(Id.ToString())}
        """), token);

    /// <summary>Writes into the book of events what happened; within the caller's transaction where there is one.</summary>
    internal async Task NoteAsync(NpgsqlConnection home, string action, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("""
            insert into howdah.tenant_events (tenant, name, action, detail)
            select id, name, $2, $3::jsonb from howdah.tenants where id = $1
            """, home);
        command.Parameters.Add(new() { Value = Tenant });
        command.Parameters.Add(new() { Value = action });
        command.Parameters.Add(new() { Value = new JsonObject { ["from"] = Write(From), ["to"] = Write(To) }.ToJsonString() });
        await command.ExecuteNonQueryAsync(token);
    }

    static JsonObject Write(Placement place) => new()
    {
        ["model"] = TenantRegistry.NameOf(place.Model),
        ["server"] = place.Server,
        ["database"] = place.Database,
        ["place"] = place.Place,
    };

    static Placement Read(JsonNode node) => new(Enum.Parse<TenancyModel>(node["model"]!.GetValue<string>(), ignoreCase: true),
        node["server"]!.GetValue<string>(), node["database"]!.GetValue<string>(), node["place"]?.GetValue<string>());
}
