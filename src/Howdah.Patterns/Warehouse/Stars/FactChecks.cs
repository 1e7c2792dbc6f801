using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>What is proved of a fact, of the log of loads and of the calendar.</summary>
static class FactChecks
{
    internal static IEnumerable<Check> For(WarehouseSpec spec, string fact, FactWish wish)
    {
        var name = spec.Name(fact);
        var grain = DimensionChecks.Told("f", wish.Grain);
        foreach (var (role, reference) in wish.References)
        {
            var dimension = spec.Wanted.Dimensions[reference.Dimension];
            var surrogate = new Ident(FactColumn.Surrogate(role));
            yield return new(Checks.Orphans, $"{name.Plain}.{surrogate.Name}", Sql.Of($"""
                select {grain} from {name} f
                where not exists (select from {spec.Name(reference.Dimension)} d where d.sk = f.{surrogate})
                """), $"point it to a member: {fact} keeps the natural key, so loading the dimension's last event again does it");
            if (dimension.Junk)
                continue;
            var same = Sql.Join(" and ", dimension.Key.Keys.Select(key =>
                Sql.Of($"d.{new Ident(key)} = f.{new Ident(DimensionLoad.Parked(role, reference, key))}")));
            var held = Sql.Of($"select from {spec.Name(reference.Dimension)} d where {same} and {DimensionLoad.Holds(spec, reference)}");
            yield return new(Checks.Version, $"{name.Plain}.{surrogate.Name}", Sql.Of($"""
                select {grain} from {name} f
                where not exists ({held} and d.sk = f.{surrogate}) and (f.{surrogate} <> -1 or exists ({held}))
                """), $"load the last event of the {role}'s key again: its facts are pointed anew");
        }
        // The partition column keeps the key unique in each partition only: one thing under two dates is two rows to PostgreSQL.
        var identity = wish.PartitionBy is { } by && wish.Grain.Count > 1 ? [.. wish.Grain.Where(column => column != by)] : wish.Grain;
        yield return new(Checks.Grain, name.Plain, Sql.Of($"""
            select {DimensionChecks.Told("f", identity)} from {name} f group by {Part.Columns("f", identity)} having pg_catalog.count(*) > 1
            union all
            select 'no valid key' where not exists (select from pg_catalog.pg_index i
              where i.indrelid = {new Literal(name.ToString())}::pg_catalog.regclass and i.indisunique and i.indisvalid)
            """), "delete the twin, and apply: the key is made anew");
        if (wish.Every is { } every)
            yield return Periods(name, wish, every);
        if (wish.Ordered)
            yield return Ordered(name, wish.Dates[0]);
        if (wish.Kind == FactKind.Transaction && wish.Measures.Count > 0)
            yield return new(Checks.Sums, name.Plain, Sql.Of($"""
                select pg_catalog.format('batch %s: %s', l.batch, m.key)
                from (select distinct on (g.batch) g.batch, g.measures from {spec.Name("load_log")} g
                      where g.target = {new Literal(fact)} and g.measures is not null order by g.batch, g.id desc) l
                left join (select f.batch, pg_catalog.jsonb_build_object({Sql.Join(", ", wish.Measures.Keys.Select(static measure =>
                    Sql.Of($"{new Literal(measure)}, coalesce(pg_catalog.sum(f.{new Ident(measure)}), 0)")))}) as measures
                  from {name} f group by f.batch) s on s.batch = l.batch
                cross join lateral pg_catalog.jsonb_each(l.measures) m
                where m.value is distinct from coalesce(s.measures -> m.key, '0'::pg_catalog.jsonb)
                """), "find the change in the backups: facts that happened are not edited; correct by a fact of the opposite sign");
    }

    static Check Periods(QName name, FactWish wish, string every)
    {
        var date = new Ident(wish.Dates[0]);
        var thing = wish.Grain.Where(column => column != wish.Dates[0]).ToList();
        var of = thing.Count == 0 ? null : Sql.Of($"partition by {Part.Columns("f", thing)} ");
        return new(Checks.Periods, name.Plain, Sql.Of($"""
            select pg_catalog.concat_ws(' ', {(thing.Count == 0 ? null : Sql.Of($"{DimensionChecks.Told("f", thing)}, "))}f.{date},
              case when f.howdah_now = f.howdah_before then 'twice since' else 'next after' end, f.howdah_before::pg_catalog.date)
            from (select f.*, pg_catalog.lag(f.howdah_now) over ({of}order by f.{date}) as howdah_before
                  from (select f.*, pg_catalog.date_trunc({new Literal(every)}, f.{date}::pg_catalog.timestamp) as howdah_now
                        from {name} f) f) f
            where f.howdah_now <> f.howdah_before + {new Literal(every == "quarter" ? "3 months" : $"1 {every}")}::pg_catalog.interval
            """), $"load the {every}s that are missing; one that stands twice has one row too many");
    }

    // An index by blocks of a megabyte each: in a table of one block it finds as much as it ever will. Falling is an order, too.
    static Check Ordered(QName name, string date) => new(Checks.Ordered, $"{name.Plain}.{date}", Sql.Of($"""
        select pg_catalog.format('%s: correlation %s', c.oid::pg_catalog.regclass, pg_catalog.round(s.correlation::pg_catalog.numeric, 2))
        from (select t.relid from pg_catalog.pg_partition_tree({new Literal(name.ToString())}::pg_catalog.regclass) t
              union select {new Literal(name.ToString())}::pg_catalog.regclass) t
        join pg_catalog.pg_class c on c.oid = t.relid and c.relkind = 'r'
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = {new Literal(date)}
          and not s.inherited
        where c.relpages > 128 and pg_catalog.abs(s.correlation) < 0.9
        """), $"rows came late: take `ordered` out and apply, and {date} gets an ordinary index; or write {name.Plain} anew in the order "
            + $"of {date} (CLUSTER by a plain index on it), and keep late rows in partitions of their own");

    internal static IEnumerable<Check> Log(WarehouseSpec spec)
    {
        var log = spec.Name("load_log");
        var counts = Sql.Join("", spec.Wanted.Facts.Where(static each => each.Value.Kind == FactKind.Transaction).Select(each => Sql.Of($"""

            union all
            select pg_catalog.format('batch %s of %s: %s rows were loaded, %s are there', l.batch, l.target, l.loaded, coalesce(s.rows, 0))
            from (select g.batch, g.target, pg_catalog.sum(g.rows_loaded) as loaded from {log} g
                  where g.target = {new Literal(each.Key)} group by g.batch, g.target) l
            left join (select f.batch, pg_catalog.count(*) as rows from {spec.Name(each.Key)} f group by f.batch) s on s.batch = l.batch
            where l.loaded is distinct from coalesce(s.rows, 0)
            """)));
        yield return new(Checks.Balance, log.Plain, Sql.Of($"""
            select pg_catalog.format('batch %s of %s does not balance', l.batch, l.target) from {log} l
            where l.rows_read <> l.rows_loaded + l.rows_unchanged + l.rows_quarantined
              or least(l.rows_read, l.rows_loaded, l.rows_unchanged, l.rows_quarantined) < 0{counts}
            """), "load the batch's source again: what is there stays, what is missing comes");
    }

    internal static IEnumerable<Check> Calendar(WarehouseSpec spec, CalendarWish wish)
    {
        var name = spec.Name("calendar");
        var days = Sql.Join("", spec.Wanted.Facts.SelectMany(fact => fact.Value.Dates.Select(date => Sql.Of($"""

            union all
            select f.{new Ident(date)}::pg_catalog.text from {spec.Name(fact.Key)} f
            where f.{new Ident(date)} is not null and not exists (select from {name} c where c.day = f.{new Ident(date)})
            """))));
        yield return new(Checks.Calendar, name.Plain, Sql.Of($"""
            select coalesce(c.day, g::pg_catalog.date)::pg_catalog.text
            from pg_catalog.generate_series({new Literal(wish.From)}::timestamp, {new Literal(wish.To)}, interval '1 day') g
            full join {name} c on c.day = g::pg_catalog.date
            where c.day is null or g is null or c.iso_week <> extract(week from c.day)
              or c.iso_year <> extract(isoyear from c.day){wish.Weeks?.Wrong(name, wish)}{days}
            """), $"CALL {spec.Name("fill_calendar").Plain}()");
    }
}
