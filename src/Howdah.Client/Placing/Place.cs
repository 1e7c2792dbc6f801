using Npgsql;

namespace Howdah.Client;

/// <summary>A database and a login there, with the connections to it. Counters are guarded by <see cref="Places"/>.</summary>
sealed class Place(string key, NpgsqlDataSource source, bool home)
{
    internal string Key => key;
    internal NpgsqlDataSource Source => source;
    internal bool Home => home;

    /// <summary>Connections handed out.</summary>
    internal int InUse { get; set; }

    /// <summary>The most that can be open: handed out at one time since idle ones were closed last.</summary>
    internal int Open { get; set; }

    /// <summary>When the last one was handed out or came back.</summary>
    internal long Used { get; set; }

    /// <summary>Given up: whoever still has a connection brings it back, nobody gets a new one.</summary>
    internal bool Closed { get; set; }
}
