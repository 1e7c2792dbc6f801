using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>What is proved of a dimension.</summary>
static class DimensionChecks
{
    internal static IEnumerable<Check> For(WarehouseSpec spec, string dimension, DimensionWish wish)
    {
        var name = spec.Name(dimension);
        var keys = wish.Key.Keys.ToList();
        var key = Told("d", keys);
        var by = Part.Columns("d", keys);
        var versioned = wish.Attributes.Where(static each => each.Value.Change == ChangeKind.Version).Select(static each =>
            each.Key).ToList();
        var log = spec.Name(dimension + DimensionParts.Log);
        Check Of(Engine.Proving.Attack attack, Sql statement, string fix) => new(attack, name.Plain, statement, fix);
        var reload = $"correct the log {log.Plain} if it is wrong, then load the key's last event again: the history is worked out anew";

        var members = wish.NotApplicable ? Sql.Of($"(-1), (-2)") : Sql.Of($"(-1)");
        yield return Of(Checks.Members, Sql.Of($"""
            select m.sk::text from (values {members}) m(sk)
            where (select pg_catalog.count(*) from {name} d where d.sk = m.sk
                   and d.valid_from = '-infinity' and d.valid_to = 'infinity') <> 1
            """), $"call {spec.Name($"load_{dimension}").Plain} with an empty table: it makes the member anew");
        yield return Of(Checks.Room, Sql.Of($"""
            select pg_catalog.format('key %s of sequence at %s', d.most, s.last_value)
            from (select pg_catalog.max(d.sk) as most from {name} d) d,
                 (select pg_catalog.pg_sequence_last_value(
                    pg_catalog.pg_get_serial_sequence({new Literal(name.ToString())}, 'sk')::pg_catalog.regclass)
                    as last_value) s
            where d.most > coalesce(s.last_value, 0) and d.most > 0 or d.most > 4611686018427387904
            """), $"SELECT setval(pg_get_serial_sequence('{name.Plain}', 'sk'), (SELECT max(sk) FROM {name.Plain}))");
        if (wish.Junk)
            yield break;
        yield return Of(Checks.Overlap, Sql.Of($"""
            select {key} from (select d.*, pg_catalog.lead(d.valid_from) over (partition by {by} order by d.valid_from, d.valid_to) as next
              from {name} d where d.sk > 0) d where d.next < d.valid_to
            """), reload);
        yield return Of(Checks.Gap, Sql.Of($"""
            select {key} from (select d.*, pg_catalog.lead(d.valid_from) over (partition by {by} order by d.valid_from, d.valid_to) as next
              from {name} d where d.sk > 0) d
            where d.valid_to <> 'infinity' and (d.next is null or d.next > d.valid_to)
              and not exists (select from {log} e where {DimensionLoad.Equal("e", "d", keys)} and e.effective_at = d.valid_to
                and e.operation = 'D')
            """), reload);
        yield return Of(Checks.Open, Sql.Of($"""
            select {key} from {name} d where d.sk > 0 and d.valid_to = 'infinity' group by {by} having pg_catalog.count(*) > 1
            """), reload);
        yield return Of(Checks.Neighbors, Sql.Of($"""
            select {key} from (select d.*, pg_catalog.lag(d.valid_to) over w as before_to{Sql.Join("", versioned.Select(column =>
                Sql.Of($", pg_catalog.lag(d.{new Ident(column)}) over w as {new Ident($"{column}_before")}")))}
              from {name} d where d.sk > 0 window w as (partition by {by} order by d.valid_from)) d
            where d.valid_from >= d.valid_to or (d.before_to = d.valid_from{Sql.Join("", versioned.Select(column =>
                Sql.Of($" and d.{new Ident(column)} is not distinct from d.{new Ident($"{column}_before")}")))})
            """), reload);
        yield return Of(Checks.Inferred, Inferred(name, log, keys, wish), reload);
        if (DimensionCopies.Outlived(spec, dimension, wish) is { } outlived)
            yield return Of(Checks.Outlived, outlived, "load the copy of that time again, whole: what it lacks is ended");
        var columns = (IReadOnlyList<string>)[.. keys, "valid_from", "valid_to", .. wish.Attributes.Keys];
        yield return Of(Checks.History, Sql.Of($"""
            select {key} from (
              with wanted as ({DimensionLoad.History(spec, dimension, wish, null)})
              (select {Part.Columns("w", columns)} from wanted w
               except all select {Part.Columns("t", columns)} from {name} t where t.sk > 0 and not t.inferred)
              union all
              (select {Part.Columns("t", columns)} from {name} t where t.sk > 0 and not t.inferred
               except all select {Part.Columns("w", columns)} from wanted w)
            ) d
            """), reload);
    }

    static Sql Inferred(QName name, QName log, IReadOnlyList<string> keys, DimensionWish wish)
    {
        var texts = DimensionParts.Texts(wish);
        var says = Sql.Join("", wish.Attributes.Keys.Select(column => Sql.Of($" or d.{new Ident(column)} is distinct from "
            + $"{(texts.Contains(column) ? Sql.Of($"'Unknown'") : Sql.Of($"null"))}")));
        return Sql.Of($"""
            select {Told("d", keys)} from {name} d
            where d.inferred and (d.sk < 0 or exists (select from {log} e where {DimensionLoad.Equal("e", "d", keys)})
              or d.valid_from <> '-infinity' or d.valid_to <> 'infinity'{says})
            """);
    }

    internal static Sql Told(string alias, IEnumerable<string> columns) =>
        Sql.Of($"pg_catalog.concat_ws(', ', {Part.Columns(alias, columns)})");
}
