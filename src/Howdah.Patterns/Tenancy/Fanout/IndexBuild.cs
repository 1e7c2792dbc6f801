using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>
/// CREATE and DROP INDEX CONCURRENTLY in one place. Outside a transaction nothing is undone, so the catalogs are asked first: what is
/// there and
/// valid is done, what a build that was cut off left invalid is dropped and built again.
/// </summary>
sealed class IndexBuild(NpgsqlConnection at, TenantPlace place)
{
    internal async Task RunAsync(PlacedMigration script, Action<string> point, CancellationToken token)
    {
        var done = script.Builds.Count + script.Removes.Count > 0;
        foreach (var index in script.Builds)
        {
            var valid = await StateAsync(index, token);
            done &= valid == true;
            if (valid == false)
                await AloneAsync(Sql.Of($"drop index concurrently {Here(index)}"), token);
        }
        foreach (var index in script.Removes)
            done &= await StateAsync(index, token) is null;
        if (done)
            return;
        point("announced");
        await AloneAsync(Sql.Written(script.In(place.Place)), token);
        point("built");
        foreach (var index in script.Builds)
        {
            if (await StateAsync(index, token) != true)
                throw new PlaceStop($"the statement ended, but the index {Here(index).Plain} is not there or invalid");
        }
    }

    QName Here(QName index) => place.IsSchema ? index with { Schema = place.Place } : index;

    /// <summary>Whether the index is valid; null where it is not there.</summary>
    async Task<bool?> StateAsync(QName index, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(
            "select i.indisvalid from pg_catalog.pg_index i where i.indexrelid = pg_catalog.to_regclass($1)", at);
        command.Parameters.Add(new() { Value = Here(index).ToString() });
        return await command.ExecuteScalarAsync(token) as bool?;
    }

    async Task AloneAsync(Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), at) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(token);
    }
}
