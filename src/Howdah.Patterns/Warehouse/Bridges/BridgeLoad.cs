using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>
/// The procedure that loads a bridge. The lines of a group are the group: said again it stays as it is, said otherwise it takes the place
/// of what was; if one of its lines is wrong, or its weights do not sum to exactly 1, all of it is refused.
/// </summary>
static class BridgeLoad
{
    static readonly Sql In = Sql.Of($"pg_temp.howdah_in");

    internal static Sql Body(WarehouseSpec spec, string bridge, BridgeWish wish)
    {
        var name = spec.Name(bridge);
        var key = spec.Wanted.Dimensions[wish.Dimension].Key;
        var group = wish.Group.Keys.ToList();
        var columns = BridgeParts.Columns(spec, wish);
        return Sql.Of($"""
            {Routine.Head}
            {Routine.Check(spec, columns)}
            {Routine.Lock(spec, [(bridge, true)])}
              drop table if exists pg_temp.howdah_in, pg_temp.howdah_touched;
              execute pg_catalog.format({new Literal(Intake(wish, key))},
                case when 'howdah_line' = any(the_columns) then 's.howdah_line' else 'null' end, staging);
              get diagnostics the_read = row_count;
              update {In} i set refused = 'missing: a column of the group or of the member, or the weight, is missing'
              where {Sql.Join(" or ", columns.Select(static column => Sql.Of($"i.{new Ident(column)} is null")))};
              update {In} i set refused = case
                when g.wrong > 0 then 'group: another line of the group is refused'
                when g.twins > 0 then 'group: a member stands in it twice'
                when g.least <= 0 then 'weight: one of the group is not above 0'
                else pg_catalog.format('weight: those of the group sum to %s, not 1', g.whole) end
              from (select {Part.Columns("t", group)}, pg_catalog.sum(t.weight) as whole, pg_catalog.min(t.weight) as least,
                      pg_catalog.count(t.refused) as wrong,
                      pg_catalog.count(*) - pg_catalog.count(distinct row({Part.Columns("t", key.Keys)})) as twins
                    from {In} t group by {Part.Columns("t", group)}) g
              where {DimensionLoad.Equal("i", "g", group)} and i.refused is null
                and (g.wrong > 0 or g.twins > 0 or g.least <= 0 or g.whole <> 1);
              analyze {In};
              create temp table howdah_touched on commit drop as
                select distinct {Part.Columns("x", group)} from (
                  (select {Part.Columns("i", columns)} from {In} i where i.refused is null
                   except select {Part.Columns("b", columns)} from {name} b)
                  union all
                  (select {Part.Columns("b", columns)} from {name} b
                   where exists (select from {In} i where {DimensionLoad.Equal("i", "b", group)} and i.refused is null)
                   except select {Part.Columns("i", columns)} from {In} i where i.refused is null)) x;
              analyze pg_temp.howdah_touched;
              delete from {name} b using pg_temp.howdah_touched x where {DimensionLoad.Equal("b", "x", group)};
              insert into {name} ({Part.List(columns)}, batch)
              select {Part.Columns("i", columns)}, the_batch
              from {In} i join pg_temp.howdah_touched x on {DimensionLoad.Equal("i", "x", group)} where i.refused is null;
              get diagnostics the_loaded = row_count;
            {Routine.Quarantine(In)}
              drop table pg_temp.howdah_in, pg_temp.howdah_touched;
            {Routine.Log(spec, bridge, Sql.Of($"null"))}
            """);
    }

    static string Intake(BridgeWish wish, IReadOnlyDictionary<string, string> key) => Sql.Of($"""
        create temp table howdah_in on commit drop as
        select (%s)::pg_catalog.int8 as howdah_line, {Sql.Join(", ", wish.Group.Concat(key).Append(new(BridgeParts.Weight, "numeric"))
            .Select(static each => Sql.Of($"s.{new Ident(each.Key)}::{Part.Type(each.Value)} as {new Ident(each.Key)}")))},
          null::pg_catalog.text as refused
        from only %s s
        """).ToString();
}
