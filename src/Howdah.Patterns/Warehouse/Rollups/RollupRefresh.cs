using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>
/// Works out anew the buckets that changed. What is taken from the queue and what comes of it end in one transaction, and each statement
/// sees
/// what was committed when the one before began, so a row that it misses still has its own entry to come. Queue entries are waited for,
/// never
/// skipped: skipping let an older result win.
/// </summary>
static class RollupRefresh
{
    internal static Sql Body(WarehouseSpec spec, string rollup, RollupWish wish)
    {
        var name = spec.Name(rollup);
        var keys = RollupColumns.Of(spec, wish).Select(static key => key.Name).ToList();
        var measures = RollupColumns.Measures(spec, wish).Select(static each => each.Name).ToList();
        return Sql.Of($"""

            #variable_conflict use_column
            declare
              the_leaf pg_catalog.regclass;
              the_many pg_catalog.bool;
            begin
            {Routine.Lock(spec, [(rollup, true)])}
            {Leaves(spec, rollup, wish)}
              drop table if exists pg_temp.howdah_bucket, pg_temp.howdah_new;
              create temp table howdah_bucket (bucket pg_catalog.date) on commit drop;
              create temp table howdah_new (like {name}) on commit drop;
              -- Few buckets are looked up one by one; beyond a tenth of all, reading everything once is cheaper.
              select pg_catalog.count(*) > 5 and pg_catalog.count(*) * 10 > (select pg_catalog.count(distinct r.bucket) from {name} r)
                into the_many
              from (select distinct q.bucket from {spec.Name($"{rollup}_queue")} q) b;
              if the_many then
            {Take(spec, rollup, wish, [.. keys, .. measures], many: true)}
              else
            {Take(spec, rollup, wish, [.. keys, .. measures], many: false)}
              end if;
              delete from {name} r using pg_temp.howdah_bucket b
              where r.bucket = b.bucket and not exists (select from pg_temp.howdah_new n where n.bucket = r.bucket
                and row({Part.Columns("n", keys)}) is not distinct from row({Part.Columns("r", keys)}));
              insert into {name} as r ({Part.List([.. keys, .. measures])})
              select {Part.Columns("n", [.. keys, .. measures])} from pg_temp.howdah_new n
              on conflict ({Part.List(keys)}) do update set {Sql.Join(", ", measures.Select(static measure =>
                  Sql.Of($"{new Ident(measure)} = excluded.{new Ident(measure)}")))}
              where row({Part.Columns("r", measures)}) is distinct from row({Part.Columns("excluded", measures)});
              drop table pg_temp.howdah_bucket, pg_temp.howdah_new;
            end

            """);
    }

    // One statement, so one moment: entries and facts are those of the same transactions, and all buckets are of one moment.
    static Sql Take(WarehouseSpec spec, string rollup, RollupWish wish, IReadOnlyList<string> columns, bool many) => Sql.Of($"""
                with taken as (
                  delete from {spec.Name($"{rollup}_queue")} q{Stays(spec, wish)} returning q.bucket
                ), changed as (
                  select distinct t.bucket from taken t
                ), noted as (
                  insert into pg_temp.howdah_bucket select c.bucket from changed c
                )
                insert into pg_temp.howdah_new ({Part.List(columns)})
                {Recompute(spec, rollup, wish, Sql.Of($"changed"), many)};
        """);

    // What a partition takes along that is being retired is neither in the fact nor kept yet: its entries wait until it is.
    static Sql? Stays(WarehouseSpec spec, RollupWish wish) =>
        RollupRetired.Leaving(spec, wish, Sql.Of($"q.bucket")) is { } leaving ? Sql.Of($" where not {leaving}") : null;

    /// <summary>The rows of the given buckets, from the facts.</summary>
    /// <param name="spec">The warehouse.</param>
    /// <param name="rollup">The rollup.</param>
    /// <param name="wish">The rollup as wanted.</param>
    /// <param name="buckets">A relation of buckets.</param>
    /// <param name="many">Whether all facts are read once, instead of each bucket's by its dates.</param>
    internal static Sql Recompute(WarehouseSpec spec, string rollup, RollupWish wish, Sql buckets, bool many = false)
    {
        var keys = RollupColumns.Of(spec, wish);
        var measures = RollupColumns.Measures(spec, wish);
        var places = Sql.Join(", ", Enumerable.Range(1, keys.Count).Select(static place => Sql.Of($"{place}")));
        var date = new Ident(wish.Date);
        var within = many ? Sql.Of($"{RollupColumns.Bucket(wish)} = b.bucket")
            : Sql.Of($"f.{date} >= b.bucket and f.{date} < (b.bucket + interval '{Length(wish)}')::pg_catalog.date");
        return RollupRetired.With(spec, rollup, wish, Sql.Of($"""
            select b.bucket{Sql.Join("", keys.Skip(1).Select(static key => Sql.Of($", {key.Value} as {new Ident(key.Name)}")))},
                     {Sql.Join(", ", measures.Select(static each => Sql.Of($"{each.Value} as {new Ident(each.Name)}")))}
              from {buckets} b
              join {spec.Name(wish.Fact)} f on {within}{RollupColumns.Joins(spec, wish)}
              group by {places}
            """), buckets);
    }

    /// <summary>All rows, from the facts and what is kept of them: what the proof compares with.</summary>
    internal static Sql Whole(WarehouseSpec spec, string rollup, RollupWish wish)
    {
        var keys = RollupColumns.Of(spec, wish);
        var places = Sql.Join(", ", Enumerable.Range(1, keys.Count).Select(static place => Sql.Of($"{place}")));
        return RollupRetired.With(spec, rollup, wish, Sql.Of($"""
            select {Sql.Join(", ", keys.Select(static key => Sql.Of($"{key.Value} as {new Ident(key.Name)}")))},
              {Sql.Join(", ", RollupColumns.Measures(spec, wish).Select(static each => Sql.Of($"{each.Value} as {new Ident(each.Name)}")))}
            from {spec.Name(wish.Fact)} f{RollupColumns.Joins(spec, wish)} group by {places}
            """), null);
    }

    internal static Sql Length(RollupWish wish) => wish.Every == "quarter" ? Sql.Of($"3 months") : Sql.Of($"1 {new Words(wish.Every)}");

    // A statement that names a partition does not fire the triggers of its parent, and one that was attached has rows that none has told
    // of: the first refresh that sees it gives it triggers of its own, which no two count, and takes all its buckets.
    static Sql? Leaves(WarehouseSpec spec, string rollup, RollupWish wish)
    {
        if (spec.Wanted.Facts[wish.Fact].PartitionBy is null)
            return null;
        var function = spec.Name($"{rollup}_changed");
        var making = Sql.Join("\n", ((IReadOnlyList<(string Suffix, string When)>)[("insert",
            "insert on %s referencing new table as new_rows"),
            ("update", "update on %s referencing old table as old_rows new table as new_rows"),
            ("delete", "delete on %s referencing old table as old_rows"), ("truncate", "truncate on %s")])
            .Select(each =>
                Sql.Of($"    execute pg_catalog.format({new Literal($"create trigger {new Ident($"{rollup}_{each.Suffix}")} after "
                + $"{each.When} for each statement execute function {function}()")}, the_leaf);")));
        return Sql.Of($"""
              for the_leaf in
                select t.relid from pg_catalog.pg_partition_tree({new Literal(spec.Name(wish.Fact).ToString())}::pg_catalog.regclass) t
                where t.isleaf and t.level > 0 and not exists (select from pg_catalog.pg_trigger g
                  where g.tgrelid = t.relid and g.tgname = {new Literal($"{rollup}_insert")})
                order by 1
              loop
            {making}
                execute pg_catalog.format({new Literal($"insert into {spec.Name($"{rollup}_queue")} select distinct "
                    + $"{RollupColumns.Bucket(wish)} from only %s f")}, the_leaf);
              end loop;
            """);
    }
}
