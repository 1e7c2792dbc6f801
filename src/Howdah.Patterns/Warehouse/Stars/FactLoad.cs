using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>
/// The procedure that loads a fact: the same row twice is loaded once, another row for the same grain is refused (or, where a row is a
/// state,
/// replaces it), and every dimension is looked up by the time of the fact, never by what is current.
/// </summary>
static class FactLoad
{
    static readonly Sql In = Sql.Of($"pg_temp.howdah_in");

    internal static Sql Body(WarehouseSpec spec, string fact, FactWish wish)
    {
        var columns = FactColumns.Of(spec, wish);
        var names = columns.Select(static column => column.Name).ToList();
        var rest = names.Except(wish.Grain).ToList();
        var required = columns.Where(column => !FactColumns.IsOptional(wish, column)).Select(static column => column.Name).ToList();
        // One of them makes every sum what it is.
        var numbers = wish.Measures.Where(static each => WarehouseTypes.IsNumeric(each.Value.Type)).Select(static each =>
            Sql.Of($"f.{new Ident(each.Key)} in ('NaN', 'Infinity', '-Infinity')")).DefaultIfEmpty(Sql.Of($"false")).ToList();
        var name = spec.Name(fact);
        var surrogates = wish.References.Keys.Select(FactColumn.Surrogate).ToList();
        var junk = wish.References.Where(each => spec.Wanted.Dimensions[each.Value.Dimension].Junk).ToList();
        return Sql.Of($"""
            {Routine.Head}
            {Routine.Check(spec, names)}
            {Routine.Lock(spec, Locks(spec, fact, wish))}
              drop table if exists pg_temp.howdah_in;
              execute pg_catalog.format({new Literal(Intake(columns))},
                case when 'howdah_line' = any(the_columns) then 's.howdah_line' else 'null' end, staging);
              get diagnostics the_read = row_count;
              update {In} f set refused = case when {Sql.Join(" or ", numbers)}
                then 'number: a measure is not finite' else 'missing: a column of the grain, or the first date, is missing' end
              where {Sql.Join(" or ", required.Select(static column => Sql.Of($"f.{new Ident(column)} is null")).Concat(numbers))};
            {Beyond(spec, wish)}
            {Unplaced(name, wish)}
              update {In} f set refused = 'grain: the load says two things of one row'
              from (select {Part.Columns("t", wish.Grain)} from {In} t where t.refused is null group by {Part.Columns("t", wish.Grain)}
                    having pg_catalog.count(*) > 1 and pg_catalog.count(distinct {Whole("t", names)}) > 1) t
              where {DimensionLoad.Equal("f", "t", wish.Grain)} and f.refused is null;
              analyze {In};
            {Sql.Join("\n", junk.Select(each => Junk(spec, each.Key, each.Value)))}
            {MissingMembers.Refuse(spec, wish)}
            {(wish.Kind == FactKind.Transaction ? Standing(spec, fact, wish, rest) : null)}
            {MissingMembers.Infer(spec, wish)}
            {(wish.Kind == FactKind.Transaction ? null : Standing(spec, fact, wish, rest))}
            {FirstLoad.Around(spec, fact, wish, Sql.Of($"""
                    insert into {name} ({Part.List([.. names, .. surrogates])}, batch)
                    select {Part.Columns("s", [.. names, .. surrogates])}, the_batch
                    from ({Source(spec, wish, names, Sql.Of($" and not exists (select from {name} t where "
                        + $"{DimensionLoad.Equal("t", "f", wish.Grain)})"))}) s;
                    get diagnostics the_loaded = row_count;
                """))}
              the_loaded := the_loaded + the_replaced;
            {Routine.Quarantine(In)}
              drop table pg_temp.howdah_in;
            {Statistics(name, wish)}
            {Routine.Log(spec, fact, Measures(name, wish))}
            """);
    }

    // Whoever may make members has their dimension alone, and the facts that another load left at the unknown one, too.
    static List<(string Table, bool Alone)> Locks(WarehouseSpec spec, string fact, FactWish wish)
    {
        var inferred = wish.References.Values.Where(static each => each.Missing == MissingMember.Infer)
            .Select(static each => each.Dimension).Distinct().ToList();
        return [.. wish.References.Values.Select(static each => each.Dimension).Distinct().Order(StringComparer.Ordinal)
            .Select(each => (each, spec.Wanted.Dimensions[each].Junk || inferred.Contains(each))),
            .. inferred.SelectMany(each => DimensionLoad.Referring(spec, each)).Select(static each => each.Fact).Append(fact).Distinct()
                .Order(StringComparer.Ordinal).Select(static each => (each, true))];
    }

    // The rows, each of its grain once, with the members that they are about. By joins: a look-up in each row costs many times as much.
    // Of versions that overlap, which nothing but a hand can make, one is taken.
    static Sql Source(WarehouseSpec spec, FactWish wish, IReadOnlyList<string> names, Sql? where)
    {
        var references = wish.References.Select(static (each, place) => (Role: each.Key, Reference: each.Value,
            As: $"m{(char)('a' + place / 26)}{(char)('a' + place % 26)}")).ToList();
        return Sql.Of($"""
            select distinct on ({Part.Columns("f", wish.Grain)}) {Part.Columns("f", names)}{Sql.Join("", references.Select(static each =>
                Sql.Of($", coalesce({new Words(each.As)}.sk, -1) as {new Ident(FactColumn.Surrogate(each.Role))}")))}
              from {In} f
            {Sql.Join("\n", references.Select(each => Join(spec, each.Role, each.Reference, each.As)))}
              where f.refused is null{where}
            """);
    }

    static Sql Join(WarehouseSpec spec, string role, ReferenceWish reference, string alias)
    {
        var dimension = spec.Wanted.Dimensions[reference.Dimension];
        // Flags may be null, by which nothing is joined; there are few combinations, and the server remembers those it has looked up.
        return dimension.Junk ? Sql.Of($"""
              left join lateral (select d.sk from {spec.Name(reference.Dimension)} d where {Same(role, reference, dimension)}
                order by d.sk desc limit 1) {new Words(alias)} on true
            """) : Sql.Of($"  left join {spec.Name(reference.Dimension)} {new Words(alias)} on "
                + $"{DimensionLoad.OfKey(alias, dimension, role, reference)} and {DimensionLoad.Holds(spec, reference, alias)}");
    }

    static Sql Same(string role, ReferenceWish reference, DimensionWish dimension) => Sql.Join(" and ", dimension.Key.Keys.Select(key =>
        Sql.Of($"d.{new Ident(key)} is not distinct from f.{new Ident(DimensionLoad.Parked(role, reference, key))}")));

    static Sql Junk(WarehouseSpec spec, string role, ReferenceWish reference)
    {
        var dimension = spec.Wanted.Dimensions[reference.Dimension];
        var parked = dimension.Key.Keys.Select(key => DimensionLoad.Parked(role, reference, key)).ToList();
        return Sql.Of($"""
              insert into {spec.Name(reference.Dimension)} ({Part.List(dimension.Key.Keys)})
              select distinct {Part.Columns("f", parked)} from {In} f
              where f.refused is null
                and not exists (select from {spec.Name(reference.Dimension)} d where {Same(role, reference, dimension)});
            """);
    }

    // What stands already: the same again changes nothing; another content is refused for what happened, and replaces a state.
    static Sql? Standing(WarehouseSpec spec, string fact, FactWish wish, List<string> rest)
    {
        if (rest.Count == 0)
            return null;
        var name = spec.Name(fact);
        if (wish.Kind == FactKind.Transaction)
            return Sql.Of($"""
                  update {In} f set refused = 'grain: the row stands already with another content'
                  from {name} t
                  where {DimensionLoad.Equal("t", "f", wish.Grain)} and f.refused is null
                    and {Whole("f", rest)} is distinct from {Whole("t", rest)};
                """);
        var set = Sql.Join(", ", rest.Concat(wish.References.Keys.Select(FactColumn.Surrogate))
            .Select(static column => Sql.Of($"{new Ident(column)} = f.{new Ident(column)}")));
        return Sql.Of($"""
              update {name} t set {set}, batch = the_batch
              from ({Source(spec, wish, [.. wish.Grain, .. rest], null)}) f
              where {DimensionLoad.Equal("t", "f", wish.Grain)} and {Whole("f", rest)} is distinct from {Whole("t", rest)};
              get diagnostics the_replaced = row_count;
            """);
    }

    static Sql? Beyond(WarehouseSpec spec, FactWish wish) => spec.Wanted.Calendar is null ? null : Sql.Of($"""
          update {In} f set refused = 'calendar: a date is no day of the calendar'
          where f.refused is null and ({Sql.Join(" or ", wish.Dates.Select(date => Sql.Of($"""
            (f.{new Ident(date)} is not null and not exists (select from {spec.Name("calendar")} c where c.day = f.{new Ident(date)}))
            """)))});
        """);

    // One row of a time that is gone or far ahead would stop the load of all others: PostgreSQL refuses the statement.
    static Sql? Unplaced(QName name, FactWish wish) => wish.PartitionBy is not { } by ? null : Sql.Of($"""
          update {In} f set refused = 'partition: the table has none for the date'
          from (select d.day from (select distinct i.{new Ident(by)} as day from {In} i where i.refused is null) d
            where not exists (
              select from (
                select pg_catalog.regexp_match(pg_catalog.pg_get_expr(c.relpartbound, c.oid),
                  {new Literal(@"FROM \('?([^')]+)'?\) TO \('?([^')]+)'?\)")}) as bound
                from pg_catalog.pg_inherits h join pg_catalog.pg_class c on c.oid = h.inhrelid
                where h.inhparent = {new Literal(name.ToString())}::pg_catalog.regclass and not h.inhdetachpending) p
              where p.bound is null or (
                d.day >= (case p.bound[1] when 'MINVALUE' then '-infinity' else p.bound[1] end)::pg_catalog.date
                and d.day < (case p.bound[2] when 'MAXVALUE' then 'infinity' else p.bound[2] end)::pg_catalog.date))) lost
          where f.{new Ident(by)} = lost.day and f.refused is null;
        """);

    // Autovacuum looks at each partition and never at their parent, without whose statistics joins are planned blindly.
    static Sql? Statistics(QName name, FactWish wish) => wish.PartitionBy is null ? null : Sql.Of($"""
          if the_loaded > (select c.reltuples / 10 from pg_catalog.pg_class c
                           where c.oid = {new Literal(name.ToString())}::pg_catalog.regclass) then
            analyze {name};
          end if;
        """);

    static Sql Whole(string alias, IReadOnlyList<string> columns) => Sql.Of($"row({Part.Columns(alias, columns)})");

    // What the load brought, to be compared with what stands: numeric, to the last digit.
    static Sql Measures(QName name, FactWish wish) =>
        wish.Kind != FactKind.Transaction || wish.Measures.Count == 0 ? Sql.Of($"null") : Sql.Of($"""
        (select pg_catalog.jsonb_build_object({Sql.Join(", ", wish.Measures.Keys.Select(static measure =>
            Sql.Of($"{new Literal(measure)}, coalesce(pg_catalog.sum(t.{new Ident(measure)}), 0)")))})
         from {name} t where t.batch = the_batch)
        """);

    static string Intake(IReadOnlyList<FactColumn> columns) => Sql.Of($"""
        create temp table howdah_in on commit drop as
        select (%s)::pg_catalog.int8 as howdah_line, {Sql.Join(", ", columns.Select(static column =>
            Sql.Of($"s.{new Ident(column.Name)}::{Part.Type(column.Type)} as {new Ident(column.Name)}")))}, null::pg_catalog.text as refused
        from only %s s
        """).ToString();
}
