using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>
/// A rollup in the database: its table, the queue of buckets that changed, the triggers that fill it, and the procedure that works
/// buckets out
/// anew. A watermark would lose rows: numbers and clocks are taken before their transactions end.
/// </summary>
static class RollupParts
{
    internal static IEnumerable<Part> For(WarehouseSpec spec, string rollup, RollupWish wish)
    {
        var name = spec.Name(rollup);
        var kept = wish.KeepRetired ? Sql.Of($" union select z.bucket from {RollupRetired.Frozen(spec, rollup)} z") : null;
        var all = Sql.Of($"insert into {spec.Name($"{rollup}_queue")} select distinct {RollupColumns.Bucket(wish)} "
            + $"from {spec.Name(wish.Fact)} f{kept}");
        var queue = new TableParts(spec, $"{rollup}_queue");
        yield return queue.Table($"buckets of {rollup} that changed", Sql.Of($"""
            create table {spec.Name($"{rollup}_queue")} (bucket date not null)
            """), all);
        yield return queue.Grants(read: false);

        var table = new TableParts(spec, rollup);
        var keys = RollupColumns.Of(spec, wish);
        var measures = RollupColumns.Measures(spec, wish);
        var unique = table.Index($"{rollup}_bucket", "one row a bucket",
            Sql.Of($"({Part.List(keys.Select(static key => key.Name))}) nulls not distinct"), true);
        // Room on each page, so that a bucket that is worked out anew stays where it is.
        yield return table.Table(Words(wish), Sql.Of($"""
            create table {name} (
              {Sql.Join(",\n  ", keys.Select(static key => Sql.Of($"{new Ident(key.Name)} {Part.Type(key.Type)}"))
                  .Concat(measures.Select(static each => Sql.Of($"{new Ident(each.Name)} {Part.Type(each.Type)}"))))}
            ) with (fillfactor = 75)
            """));
        foreach (var key in keys)
            yield return table.Column(key.Name, key.Type) with
            {
                Sql = [Sql.Of($"delete from {name}"), Sql.Of($"alter table {name} add column {new Ident(key.Name)} {Part.Type(key.Type)}"),
                    Sql.Of($"drop index if exists {spec.Name($"{rollup}_bucket")}"), .. unique.Sql, all],
            };
        foreach (var (measure, type, _) in measures)
            yield return table.Column(measure, type) with
            {
                Sql = [Sql.Of($"alter table {name} add column {new Ident(measure)} {Part.Type(type)}"), all],
            };
        yield return unique;
        yield return table.Comment($"{Words(wish)}, kept by {rollup}_queue");
        yield return table.Grants();

        foreach (var part in Routine.Trigger(spec, $"{rollup}_changed", Changed(spec, rollup, wish)))
            yield return part;
        foreach (var (suffix, when) in When())
            yield return new TableParts(spec, wish.Fact).Trigger($"{rollup}_{suffix}", $"{rollup}_changed", when) with { With = null };
        foreach (var role in RollupColumns.Roles(spec, wish))
        {
            var dimension = RollupColumns.Dimension(spec, wish, role);
            foreach (var part in Routine.Trigger(spec, $"{rollup}_{role}", MemberChanged(spec, rollup, wish, role)))
                yield return part;
            yield return new TableParts(spec, dimension).Trigger($"{rollup}_{role}", $"{rollup}_{role}",
                Sql.Of($"after update on {spec.Name(dimension)} referencing old table as old_rows new table as new_rows"))
                with { With = null };
        }
        foreach (var part in Routine.Procedure(spec, $"refresh_{rollup}", "", $"works out anew the buckets of {rollup} that changed",
            RollupRefresh.Body(spec, rollup, wish)))
            yield return part;
        if (wish.Tail)
        {
            foreach (var part in Live(spec, rollup, wish, keys, measures))
                yield return part;
        }

        IEnumerable<(string, Sql)> When()
        {
            var fact = spec.Name(wish.Fact);
            yield return ("insert", Sql.Of($"after insert on {fact} referencing new table as new_rows"));
            yield return ("update", Sql.Of($"after update on {fact} referencing old table as old_rows new table as new_rows"));
            yield return ("delete", Sql.Of($"after delete on {fact} referencing old table as old_rows"));
            yield return ("truncate", Sql.Of($"after truncate on {fact}"));
        }
    }

    static string Words(RollupWish wish) => $"{wish.Fact} by {string.Join(", ", wish.By.Prepend(wish.Every))}";

    // Whoever writes shares the fact with other writers and with no load of a dimension, whose changes are looked up in committed facts.
    static Sql Changed(WarehouseSpec spec, string rollup, RollupWish wish)
    {
        var queue = spec.Name($"{rollup}_queue");
        var bucket = RollupColumns.Bucket(wish);
        return Sql.Of($"""

            begin
            {Routine.Lock(spec, [(wish.Fact, false)])}
              if tg_op = 'TRUNCATE' then
                insert into {queue} select distinct r.bucket from {spec.Name(rollup)} r;
              elsif tg_op = 'INSERT' then
                insert into {queue} select distinct {bucket} from new_rows f;
              elsif tg_op = 'DELETE' then
                insert into {queue} select distinct {bucket} from old_rows f;
              else
                insert into {queue} select {bucket} from old_rows f union select {bucket} from new_rows f;
              end if;
              return null;
            end

            """);
    }

    // Values that a member had or has: the buckets of its facts change by them.
    static Sql MemberChanged(WarehouseSpec spec, string rollup, RollupWish wish, string role)
    {
        var used = RollupColumns.Of(spec, wish).Where(column => column.Role == role).ToList();
        string Own(RollupColumn column) => column.Name[(role.Length + 1)..];
        return Sql.Of($"""

            begin
            {Routine.Lock(spec, [(wish.Fact, true)])}
              insert into {spec.Name($"{rollup}_queue")}
              select distinct {RollupColumns.Bucket(wish)}
              from new_rows n join old_rows o on o.sk = n.sk
                and row({Part.Columns("o", used.Select(Own))}) is distinct from row({Part.Columns("n", used.Select(Own))})
              join {spec.Name(wish.Fact)} f on f.{new Ident(FactColumn.Surrogate(role))} = n.sk;
              return null;
            end

            """);
    }

    static IEnumerable<Part> Live(WarehouseSpec spec, string rollup, RollupWish wish, IReadOnlyList<RollupColumn> keys,
        IReadOnlyList<(string Name, string Type, Sql Value)> measures)
    {
        var name = $"{rollup}_live";
        var names = keys.Select(static key => key.Name).Concat(measures.Select(static each => each.Name)).ToList();
        var stays = RollupRetired.Leaving(spec, wish, Sql.Of($"q.bucket")) is { } leaving ? Sql.Of($" where not {leaving}") : null;
        var waiting = Sql.Of($"(select distinct q.bucket from {spec.Name($"{rollup}_queue")} q{stays})");
        var body = Sql.Of($"""

              select {Part.Columns("r", names)} from {spec.Name(rollup)} r
              where not exists (select from {waiting} w where w.bucket = r.bucket)
              union all
              {RollupRefresh.Recompute(spec, rollup, wish, waiting)}

            """);
        var columns = Sql.Join(", ", keys.Select(static key => Sql.Of($"{new Ident(key.Name)} {Part.Type(key.Type)}"))
            .Concat(measures.Select(static each => Sql.Of($"{new Ident(each.Name)} {Part.Type(each.Type)}"))));
        var grants = Privileges.Of(spec, "function", name, spec.Wanted.Readers, "execute", Sql.Of($"{spec.Name(name)}()"));
        yield return new($"function {spec.Wanted.Schema}.{name}", $"definer {body}", $"{rollup} with what is not refreshed yet",
        [
            Sql.Of($"drop function if exists {spec.Name(name)}()"),
            Sql.Of($"create function {spec.Name(name)}() returns table ({columns}) language sql stable security definer "
                + $"set search_path = '' as {new DollarQuoted(body.ToString())}"),
            .. grants.Sql,
        ]);
        yield return grants;
    }
}
