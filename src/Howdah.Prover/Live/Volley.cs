using System.Text.Json;
using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;

namespace Howdah.Prover.Live;

/// <summary>
/// Makes many tries in one round trip: an anonymous block that runs each between savepoints, notes what came of it and takes it back. The
/// statements are the attacker's own, run with its rights.
/// </summary>
static class Volley
{
    const string Said = "howdah.said";

    /// <summary>Makes the tries; over before any of them if the server refuses the block itself.</summary>
    internal static async Task<List<Hit>> FireAsync(Ring ring, IReadOnlyList<string> contexts, IReadOnlyList<Shot> shots,
        CancellationToken token)
    {
        if (shots.Count == 0)
            return [];
        var said = (await ring.RowsAsync(Sql.Of($"""
            do {new DollarQuoted(Block(ring.Entrance, contexts, shots).ToString())};
            select pg_catalog.current_setting({new Literal(Said)}, true)
            """), token))[0][0]!;
        using var document = JsonDocument.Parse(said);
        return [.. document.RootElement.EnumerateArray().Select((one, i) =>
        {
            var state = one.GetProperty("s").GetString()!;
            return new Hit(shots[i], state == "" ? one.GetProperty("n").GetInt64() : null, state, one.GetProperty("m").GetString()!);
        })];
    }

    static Sql Block(Entrance entrance, IReadOnlyList<string> contexts, IReadOnlyList<Shot> shots) => Sql.Of($"""
        declare
          said pg_catalog.jsonb := '[]';
          n pg_catalog.int8;
          v pg_catalog.text;
          c refcursor;
        begin
        {Sql.Join("\n", shots.Select(shot => Try(entrance, contexts, shot)))}
        perform pg_catalog.set_config({new Literal(Said)}, said::pg_catalog.text, true);
        end
        """);

    // What got through is taken back by raising, with the number of rows kept in a variable.
    static Sql Try(Entrance entrance, IReadOnlyList<string> contexts, Shot shot) => Sql.Of($"""
        begin
          n := null;
          {(shot.Context is null ? null : Turn(entrance, contexts, shot.Context))}
          {shot.Body}
          raise exception using errcode = 'HW000', message = coalesce(n, 0);
        exception when others then
          said := said || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
            'n', case sqlstate when 'HW000' then coalesce(n, 0) end,
            's', case sqlstate when 'HW000' then '' else sqlstate end, 'm', case sqlstate when 'HW000' then '' else sqlerrm end));
        end;
        """);

    /// <summary>Enters a tenant by the statement that was given for it, or sets every context to the value.</summary>
    internal static Sql Turn(Entrance entrance, IReadOnlyList<string> contexts, string value) => entrance.Enter(value) is { } enter
        ? Sql.Of($"execute {new DollarQuoted(enter.ToString())};") : Contexts(contexts, new Literal(value));

    /// <summary>Sets every context to a value, for the rest of the transaction.</summary>
    internal static Sql Contexts(IReadOnlyList<string> contexts, Literal value) => Sql.Join(" ", contexts.Select(name =>
        Sql.Of($"perform pg_catalog.set_config({new Literal(name)}, {value}, true);")));
}
