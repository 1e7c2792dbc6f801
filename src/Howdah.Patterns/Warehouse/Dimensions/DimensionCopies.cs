using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>
/// Dimensions of which each load is a complete copy of the source at one time. What a copy lacks was deleted: an event of the copy's time
/// says so, the weakest of that time, so that whatever is loaded of the same time later wins. Which deletions there are follows from the
/// copies and their rows alone, whatever order they come in.
/// </summary>
static class DimensionCopies
{
    const string Suffix = "_copy";

    // Its errors are of the state of things, not of data: for those a loader would look for the row that is to blame, and go on without it.
    static readonly Sql In = Sql.Of($"pg_temp.howdah_in");

    /// <summary>The version of what follows from a copy: anything said of the same time is newer.</summary>
    const long Weakest = long.MinValue;

    internal static IEnumerable<Part> For(WarehouseSpec spec, string dimension, DimensionWish wish)
    {
        if (wish.Complete is null)
            yield break;
        var table = new TableParts(spec, dimension + Suffix);
        yield return table.Table($"of which times there are complete copies of {dimension}", Sql.Of($"""
            create table {spec.Name(dimension + Suffix)} (at timestamptz primary key, batch bigint not null)
            """));
        yield return table.Grants(read: false);
    }

    /// <summary>Adds the deletions that a copy tells to what came in, before anything is made of it.</summary>
    internal static Sql? Intake(WarehouseSpec spec, string dimension, DimensionWish wish)
    {
        if (wish.Complete is not { } complete)
            return null;
        var keys = wish.Key.Keys.ToList();
        var log = spec.Name(dimension + DimensionParts.Log);
        var copies = spec.Name(dimension + Suffix);
        var of = new Words(dimension);
        Sql Same(string left, string right) => DimensionLoad.Equal(left, right, keys);
        return Sql.Of($"""
              if exists (select from {In} i where i.refused is null and i.operation <> 'U') then
                raise exception using errcode = '55000', message = 'a complete copy of {of} says what is there, not what was deleted',
                  hint = 'leave `operation` out, or `complete` in the declaration';
              end if;
            {Whole(of)}
              if pg_catalog.to_regclass('howdah.quarantine') is not null then
                if exists (select from howdah.quarantine q where q.batch = the_batch) then
                  raise exception using errcode = '55000', message = 'the copy of {of} is not complete: rows of it were refused before',
                    hint = 'correct them at the source: a member whose row is refused would count as deleted';
                end if;
              end if;
              select pg_catalog.min(i.effective_at) into the_least from {In} i;
              if exists (select from {In} i where i.effective_at <> the_least) then
                raise exception using errcode = '55000', message = 'a complete copy of {of} is of one time, and this one is of several',
                  hint = 'give all its rows the same effective_at: when it was made';
              end if;
              -- A loader tries parts where the server refuses the whole: it would find the rows to put aside, and none may be.
              if exists (select from {copies} c where c.at = the_least and c.batch = the_batch) then
                raise exception using errcode = '55000', message = 'the copy of {of} is not complete: the server refuses some of its rows',
                  hint = 'correct them at the source: a member whose row is refused would count as deleted';
              end if;
              -- What comes of a time of which there is a copy completes that copy, and says nothing of others.
              if the_read > 0 and not exists (select from {copies} c where c.at = the_least) then
                create temp table howdah_gone on commit drop as
                  select {Part.Columns("d", keys)} from {spec.Name(dimension)} d
                  where d.sk > 0 and not d.inferred and d.valid_from < the_least and d.valid_to >= the_least
                    and exists (select from {log} e where {Same("e", "d")} and e.effective_at < the_least);
                select pg_catalog.count(*) into the_late from pg_temp.howdah_gone;
                delete from pg_temp.howdah_gone d using {In} i where {Same("i", "d")};
                select pg_catalog.count(*) into the_gone from pg_temp.howdah_gone;
                if the_gone * 100 > the_late * {complete} then
                  raise exception using errcode = '55000', message = pg_catalog.format(
                    'the copy of {of} of %s lacks %s of %s members, more than {complete} of a hundred', the_least, the_gone, the_late),
                    hint = 'look whether it is complete; if so many are really gone, declare a greater share under complete';
                end if;
                insert into {copies} (at, batch) values (the_least, the_batch);
                insert into {In} ({Part.List(keys)}, effective_at, version, operation)
                select {Part.Columns("d", keys)}, the_least, {Weakest}, 'D' from pg_temp.howdah_gone d
                where not exists (select from {log} e where {Same("e", "d")} and e.effective_at = the_least);
                get diagnostics the_gone = row_count;
                drop table pg_temp.howdah_gone;
              end if;
              -- A copy that is late: the next one, which is known already, may lack what this one has.
              insert into {In} ({Part.List(keys)}, effective_at, version, operation)
              select distinct {Part.Columns("i", keys)}, c.at, {Weakest}, 'D'
              from {In} i, (select pg_catalog.min(c.at) as at from {copies} c where c.at > the_least) c
              where i.operation = 'U' and c.at is not null and not exists (
                select from {log} e where {Same("e", "i")} and e.effective_at = c.at);
              get diagnostics the_late = row_count;
              the_gone := the_gone + the_late;
            """);
    }

    /// <summary>What follows from a copy was not read from it, so it is not counted; and nothing of a copy is refused.</summary>
    internal static Sql? Counted(string dimension, DimensionWish wish) => wish.Complete is null ? null : Sql.Of($"""
        {Whole(new Words(dimension))}
          the_loaded := the_loaded - the_gone;
        """);

    static Sql Whole(Words of) => Sql.Of($"""
          select i.refused into the_missing from {In} i where i.refused is not null limit 1;
          if the_missing is not null then
            raise exception using errcode = '55000', message = 'the copy of {of} is not complete: a row is refused: ' || the_missing,
              hint = 'correct it at the source: a member whose row is refused would count as deleted';
          end if;
        """);

    /// <summary>Members that are there at the time of a copy which says nothing of them.</summary>
    internal static Sql? Outlived(WarehouseSpec spec, string dimension, DimensionWish wish)
    {
        if (wish.Complete is null)
            return null;
        var keys = wish.Key.Keys.ToList();
        var log = spec.Name(dimension + DimensionParts.Log);
        return Sql.Of($"""
            select pg_catalog.format('%s at %s', {DimensionChecks.Told("d", keys)}, c.at)
            from {spec.Name(dimension + Suffix)} c join {spec.Name(dimension)} d
              on d.sk > 0 and not d.inferred and d.valid_from < c.at and d.valid_to >= c.at
            where exists (select from {log} e where {DimensionLoad.Equal("e", "d", keys)} and e.effective_at < c.at)
              and not exists (select from {log} e where {DimensionLoad.Equal("e", "d", keys)} and e.effective_at = c.at)
            """);
    }
}
