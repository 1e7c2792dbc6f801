using Npgsql;

namespace Howdah.Engine.Servers;

/// <summary>
/// The data sources behind connections that are not pooled. What Npgsql learns of a server's types belongs to the source and takes longer
/// than connecting, so the latest are kept for when the same way in is asked for again. Npgsql would keep every one it was ever asked for,
/// and so would its meters: a process that stays, and comes by thousands of tenants' databases, must let them go.
/// </summary>
static class Sources
{
    /// <summary>How many are kept.</summary>
    internal const int Most = 64;

    static readonly Lock Gate = new();
    static readonly Dictionary<(string ConnectionString, bool Types), Entry> Kept = [];
    // The latest first.
    static readonly LinkedList<Entry> Order = [];

    internal static int Count
    {
        get
        {
            lock (Gate)
                return Kept.Count;
        }
    }

    internal static bool Keeps(string connectionString, bool types)
    {
        lock (Gate)
            return Kept.ContainsKey((connectionString, types));
    }

    /// <summary>Opens a connection. It lives on when its source is let go.</summary>
    /// <param name="connectionString">With <c>Pooling=false</c>.</param>
    /// <param name="types">Whether all types of the database are asked for, or PostgreSQL's own are enough.</param>
    /// <param name="token">Cancels.</param>
    internal static async Task<NpgsqlConnection> OpenAsync(string connectionString, bool types, CancellationToken token)
    {
        var entry = Enter((connectionString, types));
        var opened = false;
        try
        {
            var connection = await entry.Source.OpenConnectionAsync(token);
            opened = true;
            return connection;
        }
        finally
        {
            Leave(entry, opened);
        }
    }

    static Entry Enter((string ConnectionString, bool Types) way)
    {
        lock (Gate)
        {
            if (Kept.TryGetValue(way, out var entry))
            {
                Order.Remove(entry.Place);
                Order.AddFirst(entry.Place);
            }
            else
            {
                entry = new(way, Build(way.ConnectionString, way.Types));
                Kept.Add(way, entry);
                Order.AddFirst(entry.Place);
            }
            entry.Users++;
            for (var place = Order.Last; Kept.Count > Most && place is not null;)
            {
                var older = place.Previous;
                if (place.Value.Users == 0)
                    Drop(place.Value);
                place = older;
            }
            return entry;
        }
    }

    // One that let nobody in is not worth keeping: its password may have been a guess.
    static void Leave(Entry entry, bool opened)
    {
        lock (Gate)
        {
            entry.Users--;
            if (!opened && entry.Users == 0)
                Drop(entry);
        }
    }

    // Nothing is pooled: nothing is closed by it, and nothing waits.
    static void Drop(Entry entry)
    {
        Kept.Remove(entry.Way);
        Order.Remove(entry.Place);
        entry.Source.Dispose();
    }

    static NpgsqlDataSource Build(string connectionString, bool types)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.ConfigureTypeLoading(loading => loading.EnableTypeLoading(types));
        return builder.Build();
    }

    sealed class Entry
    {
        internal Entry((string ConnectionString, bool Types) way, NpgsqlDataSource source)
        {
            Way = way;
            Source = source;
            Place = new(this);
        }

        internal (string ConnectionString, bool Types) Way { get; }

        internal NpgsqlDataSource Source { get; }

        internal LinkedListNode<Entry> Place { get; }

        internal int Users { get; set; }
    }
}
