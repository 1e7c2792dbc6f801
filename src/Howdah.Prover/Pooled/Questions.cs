using System.Globalization;
using Howdah.Engine.Planning;

namespace Howdah.Prover.Pooled;

/// <summary>
/// What one run leaves behind on purpose, for the next client to find. All of it is harmless to an application that finds it instead of us:
/// names
/// of our own, an empty table, a setting nobody reads, a lock on a number drawn by the server.
/// </summary>
/// <param name="Word">Drawn by the server for this run.</param>
/// <param name="Key">Drawn by the server for this run; positive.</param>
sealed record Mark(string Word, long Key)
{
    /// <summary>The name of everything that needs a name.</summary>
    internal Ident Name => new($"howdah_{Word}");

    /// <summary>The setting: always the same, for a server connection keeps the name of every setting ever made.</summary>
    internal const string Setting = "howdah.probe";
}

/// <summary>Statements used by several attacks.</summary>
static class Questions
{
    internal static readonly Sql Database = Sql.Of($"select current_database()::text");
    internal static readonly Sql Role = Sql.Of($"select session_user::text");
    internal static readonly Sql Word = Sql.Of($"select left(md5(gen_random_uuid()::text), 12)");
    internal static readonly Sql Key = Sql.Of($"select hashtextextended(gen_random_uuid()::text, 0) & 9007199254740991");

    internal static readonly Sql Moment = Sql.Of($"select pg_sleep(0.05)");

    /// <summary>Whether a server connection is still there.</summary>
    internal static Sql Alive(Backend backend) => Sql.Of($"""
        select exists (select from pg_stat_get_activity({backend.Pid}) where backend_start is not distinct from
          {new Literal(backend.Since?.ToString("o", CultureInfo.InvariantCulture))}::timestamptz)
        """);

    /// <summary>Sets a setting for the session.</summary>
    internal static Sql SetForSession(string setting, string value) =>
        Sql.Of($"select set_config({new Literal(setting)}, {new Literal(value)}, false)");

    /// <summary>Sets a setting until the transaction ends.</summary>
    internal static Sql SetForTransaction(string setting, string value) =>
        Sql.Of($"select set_config({new Literal(setting)}, {new Literal(value)}, true)");

    /// <summary>A setting's value; an empty text where it has none.</summary>
    internal static Sql Read(string setting) => Sql.Of($"select coalesce(current_setting({new Literal(setting)}, true), '')");

    /// <summary>Gives a setting back the value it has when a session begins.</summary>
    internal static Sql Reset(string setting, bool local = false) =>
        Sql.Of($"select set_config({new Literal(setting)}, null, {new Words(local ? "true" : "false")})");
}
