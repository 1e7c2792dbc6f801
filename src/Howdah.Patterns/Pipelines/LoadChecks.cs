using Howdah.Engine.Planning;
using Howdah.Engine.Proving;

namespace Howdah.Patterns.Pipelines;

/// <summary>One promise on loads.</summary>
/// <param name="Attack">The promise.</param>
/// <param name="Target">What it is about.</param>
/// <param name="Statement">One column of text; no row when it is true.</param>
/// <param name="Fix">What to do when it is not.</param>
sealed record LoadCheck(Attack Attack, string Target, Sql Statement, string Fix);

/// <summary>The promises of loads.</summary>
static class LoadChecks
{
    internal static Attack Balance { get; } = new("LOD-01", "Every row that was read is accounted for", Gravity.High, true,
        "Reads the batches: what does not balance; and counts the refused rows of each batch.", "Howdah");
    internal static Attack Rows { get; } = new("LOD-02", "What a batch loaded is still there", Gravity.High, true,
        "Counts the rows of each batch where a pipeline says in which column its number stands.", "Howdah");
    internal static Attack Once { get; } = new("LOD-03", "No content was loaded twice", Gravity.High, true,
        "Looks for two batches of one content, and whether the index that forbids them is there and valid.", "Howdah");
    internal static Attack Secret { get; } = new("LOD-04", "What was refused is read by nobody but who may", Gravity.Critical, true,
        "Logs in as each role that is not declared and reads the quarantine; and looks for rights beyond the declared ones.", "Howdah",
        "Refused rows stand there as the source sent them, with everything personal in them, outside every floor.");
    internal static Attack Fresh { get; } = new("LOD-05", "The newest load is as new as declared", Gravity.Medium, true,
        "Compares the end of the newest batch with rows, or that found nothing new, with the clock of the server.", "Howdah");

    internal static Attack Usual { get; } = new("LOD-06", "A day brings as many rows as its weekday does", Gravity.Medium, true,
        "Compares the rows of the newest whole day with the median of the eight same weekdays before it, in UTC.", "Howdah",
        "An empty file is fresh, and half a file is, too.");

    internal static IReadOnlyList<Attack> All { get; } = [Balance, Rows, Once, Secret, Fresh, Usual];

    internal static IEnumerable<LoadCheck> For(PipelinesSpec spec)
    {
        yield return new(Balance, "howdah.load_batch", Sql.Of($"""
            select pg_catalog.format('batch %s of %s does not balance', b.id, b.pipeline) from howdah.load_batch b
            where b.state = 'done' and (b.rows_read <> b.rows_loaded + b.rows_unchanged + b.rows_quarantined + b.rows_skipped
              or least(b.rows_read, b.rows_loaded, b.rows_unchanged, b.rows_quarantined, b.rows_skipped) < 0)
            union all
            select pg_catalog.format('batch %s of %s refused %s rows, %s are in quarantine', b.id, b.pipeline, b.rows_quarantined,
              coalesce(q.rows, 0))
            from howdah.load_batch b
            left join (select q.batch, pg_catalog.count(*) as rows from howdah.quarantine q group by q.batch) q on q.batch = b.id
            where b.state = 'done' and b.rows_quarantined <> coalesce(q.rows, 0)
            """), "load the batch's source again with --force once its rows are taken out, or restore what is missing");
        foreach (var (name, wish) in spec.Pipelines)
        {
            if (wish is { Into: { } table, BatchColumn: { } column } && wish.Mode != LoadMode.Upsert)
                yield return new(Rows, name, Sql.Of($"""
                    select pg_catalog.format('batch %s loaded %s rows, %s are there', b.id, b.rows_loaded, coalesce(t.rows, 0))
                    from howdah.load_batch b
                    left join (select t.{new Ident(column)}::pg_catalog.int8 as batch, pg_catalog.count(*) as rows from {table} t
                               group by 1) t on t.batch = b.id
                    where b.pipeline = {new Literal(name)} and b.state = 'done' and b.rows_loaded <> coalesce(t.rows, 0)
                    """), "find who deleted or changed them; the batch's source, loaded again with --force, brings them back");
            if (wish.MaxAge > 0)
                yield return new(Fresh, name, Sql.Of($"""
                    select pg_catalog.format('the newest load ended %s', coalesce(pg_catalog.max(b.finished)::pg_catalog.text, 'never'))
                    from howdah.load_batch b where b.pipeline = {new Literal(name)} and b.state = 'done'
                    having coalesce(pg_catalog.max(b.finished) < pg_catalog.now() - pg_catalog.make_interval(mins => {wish.MaxAge}), true)
                    """), $"howdah load {name}");
            if (wish.Usual is { } usual)
                yield return new(Usual, name, OfWeekday(name, usual), $"look what the source of {name} left out or sent twice");
        }
        yield return new(Once, "howdah.load_batch", Sql.Of($"""
            select pg_catalog.format('batches %s of %s have one content', pg_catalog.string_agg(b.id::pg_catalog.text, ', ' order by b.id),
              b.pipeline)
            from howdah.load_batch b where b.state = 'done' and not b.forced and b.retry_of is null
            group by b.pipeline, b.sha256 having pg_catalog.count(*) > 1
            union all
            select 'the index load_batch_once is not there, or not valid'
            where not exists (select from pg_catalog.pg_index i where i.indexrelid = pg_catalog.to_regclass('howdah.load_batch_once')
              and i.indisvalid and i.indisunique)
            """), "howdah apply makes the index again; take the rows of the second batch out first");
        yield return new(Secret, "howdah.quarantine", Sql.Of($"""
            select pg_catalog.format('%s has %s', x.who, x.privilege)
            from (
              select case a.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee)::pg_catalog.text end as who,
                     pg_catalog.lower(a.privilege_type) as privilege
              from pg_catalog.pg_class c cross join lateral pg_catalog.aclexplode(c.relacl) a
              where c.oid = 'howdah.quarantine'::pg_catalog.regclass and a.grantee <> c.relowner
              union all
              select case a.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee)::pg_catalog.text end,
                     pg_catalog.lower(a.privilege_type) || '.' || t.attname
              from pg_catalog.pg_class c join pg_catalog.pg_attribute t on t.attrelid = c.oid
              cross join lateral pg_catalog.aclexplode(t.attacl) a
              where c.oid = 'howdah.quarantine'::pg_catalog.regclass and a.grantee <> c.relowner
            ) x
            where x.who || ' ' || x.privilege not in ({Sql.Join(", ", PipelinesRights.Wanted(spec)
                .Where(static right => right.Table == PipelinesRights.Quarantine)
                .Select(static right => $"{right.Role} {right.Privilege}").Order(StringComparer.Ordinal)
                .Select(static text => Sql.Of($"{new Literal(text)}")))})
            """), "howdah apply takes the right away");
    }

    // What was loaded again by force is no more than it was.
    // A day is whole when it is over, or has had as many loads as its weekday usually has.
    static Sql OfWeekday(string pipeline, UsualWish usual) => Sql.Of($"""
        with day as (
          select x.day, extract(isodow from x.day) as weekday, pg_catalog.sum(x.rows_read) as rows, pg_catalog.count(*) as loads
          from (select (b.started at time zone 'UTC')::pg_catalog.date as day, b.rows_read from howdah.load_batch b
                where b.pipeline = {new Literal(pipeline)} and b.state = 'done' and b.retry_of is null and not b.forced) x
          group by x.day
        ), newest as (
          select d.* from day d
          where d.day < (pg_catalog.now() at time zone 'UTC')::pg_catalog.date or d.loads >= (
            select pg_catalog.percentile_disc(0.5) within group (order by e.loads) from day e where e.day < d.day and e.weekday = d.weekday)
          order by d.day desc limit 1
        ), usual as (
          select pg_catalog.percentile_cont(0.5) within group (order by e.rows::pg_catalog.float8) as rows, pg_catalog.count(*) as days
          from (select d.rows from day d join newest n on d.weekday = n.weekday and d.day < n.day order by d.day desc limit 8) e
        )
        select pg_catalog.format('%s brought %s rows, %s are usual on its weekday', n.day, n.rows, u.rows)
        from newest n cross join usual u
        where u.days >= 4 and (n.rows < u.rows * {usual.AtLeast} / 100 or n.rows > u.rows * {usual.AtMost} / 100)
        """);
}
