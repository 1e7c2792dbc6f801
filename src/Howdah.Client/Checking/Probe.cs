using Npgsql;

namespace Howdah.Client;

/// <summary>A connection to home without a tenant, for looking only; counted like any other.</summary>
sealed class Probe : IAsyncDisposable
{
    readonly Places places;
    readonly Place place;

    Probe(Places places, Place place, NpgsqlConnection connection)
    {
        this.places = places;
        this.place = place;
        Connection = connection;
    }

    internal NpgsqlConnection Connection { get; }

    internal static async Task<Probe> OpenAsync(Places places, CancellationToken token)
    {
        var place = places.Enter(null);
        try
        {
            return new(places, place, await place.Source.OpenConnectionAsync(token).ConfigureAwait(false));
        }
        catch
        {
            places.Leave(place);
            throw;
        }
    }

    internal async Task<T?> AskAsync<T>(string sql, CancellationToken token, params string[] arguments)
    {
        await using var command = new NpgsqlCommand(sql, Connection);
        foreach (var argument in arguments)
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = argument });
        return await command.ExecuteScalarAsync(token).ConfigureAwait(false) is T value ? value : default;
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync().ConfigureAwait(false);
        places.Leave(place);
    }
}
