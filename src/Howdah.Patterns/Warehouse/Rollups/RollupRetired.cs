using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>
/// What rollups know of partitions that retention takes away. Whoever retires one tells <c>retire_FACT</c>: from then on its buckets wait,
/// for their rows are no longer all in the fact. Once it is detached, nobody writes to it any more: what it adds to each bucket is worked
/// out from it a last time and kept, or its buckets are put into the queue and leave the rollup. A bucket may lie in several partitions, so
/// what is kept is what one partition adds, and a refresh adds it to what the fact has.
/// </summary>
static class RollupRetired
{
    internal static QName Frozen(WarehouseSpec spec, string rollup) => spec.Name($"{rollup}_frozen");

    static IReadOnlyList<KeyValuePair<string, RollupWish>> Of(WarehouseSpec spec, string fact) =>
        [.. spec.Wanted.Rollups.Where(each => each.Value.Fact == fact).OrderBy(static each => each.Key, StringComparer.Ordinal)];

    internal static IEnumerable<Part> For(WarehouseSpec spec, string fact, FactWish wish)
    {
        var rollups = Of(spec, fact);
        if (wish.PartitionBy is null || rollups.Count == 0)
            yield break;
        var table = new TableParts(spec, $"{fact}_retired");
        yield return table.Table($"partitions of {fact} that were or are being retired", Sql.Of($"""
            create table {spec.Name($"{fact}_retired")} (
              retirement bigint primary key,
              lo date not null,
              hi date not null,
              kept text[] not null default array[]::text[],
              row_count bigint,
              measures jsonb,
              done boolean not null default false
            )
            """));
        yield return table.Grants(read: false);
        foreach (var (rollup, about) in rollups.Where(static each => each.Value.KeepRetired))
        {
            foreach (var part in Kept(spec, rollup, about))
                yield return part;
        }
        foreach (var part in Routine.Procedure(spec, $"retire_{fact}", Routine.Retiring, $"keeps what retired partitions of {fact} add",
            Body(spec, fact, wish, rollups), load: false))
            yield return part;
    }

    static IEnumerable<Part> Kept(WarehouseSpec spec, string rollup, RollupWish wish)
    {
        var table = new TableParts(spec, $"{rollup}_frozen");
        var columns = RollupColumns.Of(spec, wish).Select(static key => (key.Name, key.Type))
            .Concat(RollupColumns.Measures(spec, wish).Select(static each => (each.Name, each.Type))).ToList();
        yield return table.Table($"what retired partitions add to {rollup}", Sql.Of($"""
            create table {Frozen(spec, rollup)} (
              retirement bigint not null,
              {Sql.Join(",\n  ", columns.Select(static each => Sql.Of($"{new Ident(each.Name)} {Part.Type(each.Type)}")))}
            )
            """));
        foreach (var (column, type) in columns)
            yield return table.Column(column, type);
        yield return table.Index($"{rollup}_frozen_bucket", "finds what a bucket keeps", Sql.Of($"(bucket)"));
        yield return table.Grants(read: false);
    }

    /// <summary>Whether a bucket has facts in a partition on its way out: neither the fact nor what is kept has all of them.</summary>
    internal static Sql? Leaving(WarehouseSpec spec, RollupWish wish, Sql bucket)
    {
        if (spec.Wanted.Facts[wish.Fact].PartitionBy is not { } by)
            return null;
        // By another date than the partitions', every bucket may have facts there.
        var overlaps = wish.Date != by ? null
            : Sql.Of($" and {bucket} < t.hi and {bucket} + interval '{RollupRefresh.Length(wish)}' > t.lo");
        return Sql.Of($"exists (select from {spec.Name($"{wish.Fact}_retired")} t where not t.done{overlaps})");
    }

    /// <summary>Rows of the fact's buckets, with what retired partitions add to them.</summary>
    /// <param name="spec">The warehouse.</param>
    /// <param name="rollup">The rollup.</param>
    /// <param name="wish">The rollup as wanted.</param>
    /// <param name="live">What the fact has.</param>
    /// <param name="buckets">A relation of buckets; null for all.</param>
    internal static Sql With(WarehouseSpec spec, string rollup, RollupWish wish, Sql live, Sql? buckets)
    {
        if (!wish.KeepRetired)
            return live;
        var keys = RollupColumns.Of(spec, wish).Select(static key => key.Name).ToList();
        var measures = RollupColumns.Measures(spec, wish);
        var columns = (IReadOnlyList<string>)[.. keys, .. measures.Select(static each => each.Name)];
        var only = buckets is null ? null : Sql.Of($" where z.bucket in (select b.bucket from {buckets} b)");
        return Sql.Of($"""
            select {Part.Columns("u", keys)}, {Sql.Join(", ", measures.Select(static each => Sql.Of($"pg_catalog."
                + $"{new Words(Again(each.Name))}(u.{new Ident(each.Name)})::{Part.Type(each.Type)} as {new Ident(each.Name)}")))}
            from (
              {live}
              union all
              select {Part.Columns("z", columns)} from {Frozen(spec, rollup)} z{only}
            ) u group by {Part.Columns("u", keys)}
            """);
    }

    // Counts and sums are added up; the least of the least is the least.
    static string Again(string measure) => measure.StartsWith("min_", StringComparison.Ordinal) ? "min"
        : measure.StartsWith("max_", StringComparison.Ordinal) ? "max" : "sum";

    static Sql Body(WarehouseSpec spec, string fact, FactWish wish, IReadOnlyList<KeyValuePair<string, RollupWish>> rollups)
    {
        var retired = spec.Name($"{fact}_retired");
        var kept = rollups.Where(static each => each.Value.KeepRetired).ToList();
        return Sql.Of($"""

            #variable_conflict use_column
            declare
              the_retirement alias for $3;
              the_lo pg_catalog.date := coalesce($4::pg_catalog.date, '-infinity');
              the_hi pg_catalog.date := $5::pg_catalog.date;
              the_rows pg_catalog.int8;
              the_measures pg_catalog.jsonb;
              the_others pg_catalog.int8[];
            begin
              if phase = 'begin' then
                insert into {retired} (retirement, lo, hi) values (the_retirement, the_lo, the_hi) on conflict (retirement) do nothing;
              elsif phase = 'end' then
                execute pg_catalog.format({new Literal(Summary(wish))}, leaf) into the_rows, the_measures;
                insert into {retired} as t (retirement, lo, hi, kept, row_count, measures, done)
                values (the_retirement, the_lo, the_hi, {Names(kept.Select(static each => each.Key))}, the_rows, the_measures, true)
                on conflict (retirement) do update set kept = excluded.kept, row_count = excluded.row_count,
                  measures = excluded.measures, done = true;
            {Sql.Join("", kept.Select(each => Keep(spec, each.Key, each.Value)))}
            {Sql.Join("", rollups.Select(each => Sql.Of($"""
                    execute pg_catalog.format({new Literal($"insert into {spec.Name($"{each.Key}_queue")} select distinct "
                        + $"{RollupColumns.Bucket(each.Value)} from only %s f")}, leaf);

                """)))}
            {Sql.Join("", (wish.ForeignKeys ? wish.References.Keys : []).Select(role => Sql.Of($"""
                    -- It would keep versions of its members from going.
                    execute pg_catalog.format({new Literal($"alter table %s drop constraint if exists "
                        + $"{new Ident(FactParts.Key(fact, role))}")}, leaf);

                """)))}
              elsif phase = 'lost' then
            {Sql.Join("", rollups.Select(each => Sql.Of($"""
                    insert into {spec.Name($"{each.Key}_queue")} select distinct r.bucket from {spec.Name(each.Key)} r;

                """)))}
                delete from {retired} t where t.retirement = the_retirement;
              elsif phase = 'back' then
                select pg_catalog.array_agg(t.retirement) into the_others from {retired} t
                where t.retirement = the_retirement or (the_retirement = 0 and (t.lo, t.hi) = (the_lo, the_hi));
            {Sql.Join("", kept.Select(each => Sql.Of($"""
                    insert into {spec.Name($"{each.Key}_queue")}
                    select distinct z.bucket from {Frozen(spec, each.Key)} z where z.retirement = any(the_others);
                    delete from {Frozen(spec, each.Key)} z where z.retirement = any(the_others);

                """)))}
                delete from {retired} t where t.retirement = any(the_others);
              end if;
            end

            """);
    }

    static Sql Names(IEnumerable<string> names) =>
        Sql.Of($"array[{Sql.Join(", ", names.Select(static name => Sql.Of($"{new Literal(name)}")))}]::pg_catalog.text[]");

    static string Summary(FactWish wish) => Sql.Of($"""
        select pg_catalog.count(*), pg_catalog.jsonb_build_object({Sql.Join(", ", wish.Measures.Keys.Select(static measure =>
            Sql.Of($"{new Literal(measure)}, coalesce(pg_catalog.sum(f.{new Ident(measure)}), 0)")))}) from only %s f
        """).ToString();

    static Sql Keep(WarehouseSpec spec, string rollup, RollupWish wish)
    {
        var keys = RollupColumns.Of(spec, wish);
        var measures = RollupColumns.Measures(spec, wish);
        var places = Sql.Join(", ", Enumerable.Range(2, keys.Count).Select(static place => Sql.Of($"{place}")));
        var fill = Sql.Of($"""
            insert into {Frozen(spec, rollup)} (retirement, {Part.List(keys.Select(static key => key.Name)
                .Concat(measures.Select(static each => each.Name)))})
            select $1, {Sql.Join(", ", keys.Select(static key => key.Value).Concat(measures.Select(static each => each.Value)))}
            from only %s f{RollupColumns.Joins(spec, wish)} group by {places}
            """);
        return Sql.Of($"""
                execute pg_catalog.format({new Literal(fill.ToString())}, leaf) using the_retirement;

            """);
    }
}
