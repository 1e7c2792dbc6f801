using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>
/// The procedure that loads a dimension. History is a function of the set of events alone: they are appended to a log, and the versions of
/// every key they touch are worked out anew from all that the log has of it.
/// </summary>
static class DimensionLoad
{
    static readonly Sql In = Sql.Of($"pg_temp.howdah_in");

    internal static Sql Body(WarehouseSpec spec, string dimension, DimensionWish wish)
    {
        var keys = wish.Key.Keys.ToList();
        var attributes = wish.Attributes.Keys.ToList();
        var log = spec.Name(dimension + DimensionParts.Log);
        var primary = (IReadOnlyList<string>)[.. keys, "effective_at", "version"];
        var content = (IReadOnlyList<string>)["operation", .. attributes];
        var facts = Referring(spec, dimension).Select(static each => each.Fact).Distinct().Order(StringComparer.Ordinal).ToList();
        var kept = wish.Attributes.Where(static each => each.Value.Change == ChangeKind.Keep).Select(static each => each.Key).ToList();
        return Sql.Of($"""
            {Routine.Head}
            {Routine.Check(spec, [.. keys, .. attributes])}
            {Routine.Lock(spec, [(dimension, true), .. facts.Select(static fact => (fact, true))])}
            {Members(spec, dimension, wish)}
              drop table if exists pg_temp.howdah_in, pg_temp.howdah_touched, pg_temp.howdah_wanted;
              execute pg_catalog.format({new Literal(Intake(wish))},
                case when 'howdah_line' = any(the_columns) then 's.howdah_line' else 'null' end,
                case when 'effective_at' = any(the_columns) then 's.effective_at' else {new Literal(NoTime(wish))} end,
                case when 'version' = any(the_columns) then 's.version' else the_batch::pg_catalog.text end,
                case when 'operation' = any(the_columns) then 's.operation' else '''U''' end, staging);
              get diagnostics the_read = row_count;
              update {In} i set refused = case
                when {AnyNull("i", keys)} then 'key: a part of the natural key is missing'
                when i.operation is null or i.operation not in ('U', 'D', 'R') then 'operation: it is none of U, D and R'
                when i.effective_at is null or i.effective_at = 'infinity' then 'effective_at: no time from which it holds'
                when i.effective_at > pg_catalog.now() + interval '1 day' then 'future: it would hold from more than a day from now on'
                else 'version: it is missing' end
              where {AnyNull("i", keys)} or i.operation is null or i.operation not in ('U', 'D', 'R') or i.effective_at is null
                or i.effective_at = 'infinity' or i.effective_at > pg_catalog.now() + interval '1 day' or i.version is null;
            {DimensionCopies.Intake(spec, dimension, wish)}
            {Later(log, keys)}
              analyze {In} ({Part.List([.. keys, "operation", "refused"])});
            {Append(log, primary, content)}
            {DimensionCopies.Counted(dimension, wish)}
            {Touched(spec, dimension, keys, attributes)}
              analyze pg_temp.howdah_touched;
              create temp table howdah_wanted on commit drop as
            {History(spec, dimension, wish, Sql.Of($"join pg_temp.howdah_touched x on {Equal("e", "x", keys)}"))};
              analyze pg_temp.howdah_wanted;
            {Keep(spec, dimension, wish, kept)}
            {Constraints(spec, dimension, "deferred")}
            {Apply(spec, dimension, wish)}
            {Sql.Join("\n", Referring(spec, dimension).Select(each =>
                Repoint(spec, dimension, wish, each.Fact, each.Role, each.Reference)))}
            {Constraints(spec, dimension, "immediate")}
            {Routine.Quarantine(In)}
              drop table pg_temp.howdah_in, pg_temp.howdah_touched, pg_temp.howdah_wanted;
            {Routine.Log(spec, dimension, Sql.Of($"null"))}
            """);
    }

    // The usual load says one thing of each key, and says it of a time after all that is known: then no two events can contradict each
    // other, and one that says what the open version says changes no history. Planned with the time itself, which the index by blocks
    // knows at once to be later.
    static Sql Later(QName log, IReadOnlyList<string> keys) => Sql.Of($"""
          select pg_catalog.min(i.effective_at) into the_least from {In} i where i.refused is null;
          execute {new Literal(Sql.Of($"select not exists (select from {log} e where e.effective_at >= $1)").ToString())}
            into the_later using the_least;
          the_later := the_later and not exists (
            select from {In} i where i.refused is null group by {Part.Columns("i", keys)} having pg_catalog.count(*) > 1);
        """);

    // The keys whose history may change: of a later load not those whose open version says the same already. Written as a join, which a
    // load of everything makes at once; as a condition it would be looked up line by line.
    static Sql Touched(WarehouseSpec spec, string dimension, List<string> keys, List<string> attributes)
    {
        var same = attributes.Count == 0 ? null
            : Sql.Of($" and row({Part.Columns("d", attributes)}) is not distinct from row({Part.Columns("i", attributes)})");
        return Sql.Of($"""
              if the_later then
                create temp table howdah_touched on commit drop as
                  select {Part.Columns("i", keys)} from {In} i
                  left join {spec.Name(dimension)} d on {Equal("d", "i", keys)} and d.valid_to = 'infinity' and not d.inferred{same}
                  where i.refused is null and (i.operation <> 'U' or d.sk is null);
              else
                create temp table howdah_touched on commit drop as
                  select distinct {Part.Columns("i", keys)} from {In} i where i.refused is null;
              end if;
            """);
    }

    static Sql Append(QName log, IReadOnlyList<string> primary, IReadOnlyList<string> content) => Sql.Of($"""
          if the_later then
            insert into {log} ({Part.List([.. primary, .. content])}, batch)
            select {Part.Columns("i", [.. primary, .. content])}, the_batch from {In} i where i.refused is null;
            get diagnostics the_loaded = row_count;
          else
            -- Two contents for one version of the source: arrival cannot decide between them.
            update {In} i set refused = 'tie: the same version of the source says two things'
            from (select {Part.Columns("t", primary)} from {In} t where t.refused is null group by {Part.Columns("t", primary)}
                  having pg_catalog.count(*) > 1 and pg_catalog.count(distinct row({Part.Columns("t", content)})) > 1) t
            where {Equal("i", "t", primary)} and i.refused is null;
            update {In} i set refused = 'tie: another load gave this version of the source another content'
            from {log} e
            where {Equal("i", "e", primary)} and i.refused is null
              and row({Part.Columns("i", content)}) is distinct from row({Part.Columns("e", content)});
            insert into {log} ({Part.List([.. primary, .. content])}, batch)
            select distinct on ({Part.Columns("i", primary)}) {Part.Columns("i", [.. primary, .. content])}, the_batch
            from {In} i
            where i.refused is null and not exists (select from {log} e where {Equal("e", "i", primary)});
            get diagnostics the_loaded = row_count;
          end if;
        """);

    /// <summary>
    /// The history that the log of events makes, without surrogate keys: winners by version, points that change nothing left out, each
    /// version as long as until the next point.
    /// </summary>
    /// <param name="spec">The warehouse.</param>
    /// <param name="dimension">The dimension.</param>
    /// <param name="wish">The dimension as wanted.</param>
    /// <param name="only">A join with <c>x</c> that picks keys of the events <c>e</c>; null for all.</param>
    internal static Sql History(WarehouseSpec spec, string dimension, DimensionWish wish, Sql? only)
    {
        var keys = wish.Key.Keys.ToList();
        var attributes = wish.Attributes.Keys.ToList();
        List<string> Of(ChangeKind kind) => [.. wish.Attributes.Where(each => each.Value.Change == kind).Select(static each => each.Key)];
        var versioned = Of(ChangeKind.Version);
        var window = Sql.Of($"(partition by {Part.Columns("p", keys)} order by p.effective_at)");
        var before = Sql.Join("", versioned.Select(column =>
            Sql.Of($", pg_catalog.lag(p.{new Ident(column)}) over w as {new Ident($"{column}_before")}")));
        var differs = Sql.Join("", versioned.Select(column =>
            Sql.Of($" or (m.operation = 'U' and m.{new Ident(column)} is distinct from m.{new Ident($"{column}_before")})")));
        // What stands in all versions: the newest value, or the first.
        Sql Everywhere(string column, ChangeKind kind) => Sql.Of($", (pg_catalog.array_agg(p.{new Ident(column)} order by p.effective_at "
            + $"{new Words(kind == ChangeKind.Keep ? "asc" : "desc")}) filter (where p.operation = 'U'))[1] as {new Ident(column)}");
        var everywhere = Of(ChangeKind.Overwrite).Select(static column => (column, ChangeKind.Overwrite))
            .Concat(Of(ChangeKind.Keep).Select(static column => (column, ChangeKind.Keep))).ToList();
        var begin = wish.Extend ? Sql.Of($"case when c.place = 1 then '-infinity'::pg_catalog.timestamptz else c.effective_at end")
            : Sql.Of($"c.effective_at");
        return Sql.Of($"""
                with point as (
                  select distinct on ({Part.Columns("e", keys)}, e.effective_at)
                         {Part.Columns("e", [.. keys, "effective_at", "operation", .. attributes])}
                  from {spec.Name(dimension + DimensionParts.Log)} e
                  {only}
                  order by {Part.Columns("e", keys)}, e.effective_at, e.version desc
                ), marked as (
                  select {Part.Columns("p", [.. keys, "effective_at", "operation", .. versioned])},
                         pg_catalog.row_number() over w as place, pg_catalog.lag(p.operation) over w as operation_before{before}
                  from point p where p.operation <> 'R' window w as {window}
                ), change as (
                  select m.* from marked m
                  where m.place = 1 or m.operation is distinct from m.operation_before{differs}
                ), version as (
                  select c.*, pg_catalog.lead(c.effective_at, 1, 'infinity') over (partition by {Part.Columns("c", keys)}
                    order by c.effective_at) as valid_to
                  from change c
                ), everywhere as (
                  select {Part.Columns("p", keys)}{Sql.Join("", everywhere.Select(each => Everywhere(each.column, each.Item2)))}
                  from point p where p.operation <> 'R' group by {Part.Columns("p", keys)}
                )
                select {Part.Columns("c", keys)}, {begin} as valid_from, c.valid_to{Listed("c", versioned)}
                       {Listed("o", everywhere.Select(static each => each.column))}
                from version c join everywhere o on {Equal("o", "c", keys)} where c.operation = 'U'
            """);
    }

    // A change of what never changes stays in the log, where it does nothing, and is told.
    static Sql? Keep(WarehouseSpec spec, string dimension, DimensionWish wish, List<string> kept)
    {
        if (kept.Count == 0)
            return null;
        var keys = wish.Key.Keys.ToList();
        return Sql.Of($"""
              update pg_temp.howdah_in i set refused = pg_catalog.format('keep: the first value stands (%s), not (%s)',
                {Words("w", kept)}, {Words("i", kept)})
              from (select distinct {Part.Columns("w", [.. keys, .. kept])} from pg_temp.howdah_wanted w) w
              where {Equal("i", "w", keys)} and i.refused is null and i.operation = 'U'
                and row({Part.Columns("i", kept)}) is distinct from row({Part.Columns("w", kept)})
                and exists (select from {spec.Name(dimension + DimensionParts.Log)} e
                  where {Equal("e", "i", [.. keys, "effective_at", "version"])} and e.batch = the_batch);
              get diagnostics the_late = row_count;
              the_loaded := the_loaded - the_late;
            """);
    }

    static Sql Apply(WarehouseSpec spec, string dimension, DimensionWish wish)
    {
        var name = spec.Name(dimension);
        var keys = wish.Key.Keys.ToList();
        var same = Equal("d", "w", [.. keys, "valid_from"]);
        var rest = (IReadOnlyList<string>)["valid_to", .. wish.Attributes.Keys];
        // What was inferred becomes the first version and keeps its surrogate key, wherever that version begins.
        var begin = wish.Extend ? null : Sql.Of($"""
              update {name} d set valid_from = w.valid_from
              from (select distinct on ({Part.Columns("v", keys)}) {Part.Columns("v", [.. keys, "valid_from"])}
                    from pg_temp.howdah_wanted v order by {Part.Columns("v", [.. keys, "valid_from"])}) w
              where {Equal("d", "w", keys)} and d.inferred;

            """);
        return Sql.Of($"""
            {begin}  delete from {name} d using pg_temp.howdah_touched x
              where {Equal("d", "x", keys)} and not exists (select from pg_temp.howdah_wanted w where {same});
              update {name} d set {Sql.Join(", ", rest.Select(static column => Sql.Of($"{new Ident(column)} = w.{new Ident(column)}")))},
                inferred = false
              from pg_temp.howdah_wanted w
              where {same} and (d.inferred or row({Part.Columns("d", rest)}) is distinct from row({Part.Columns("w", rest)}));
              insert into {name} ({Part.List([.. keys, "valid_from", .. rest])})
              select {Part.Columns("w", [.. keys, "valid_from", .. rest])} from pg_temp.howdah_wanted w
              where not exists (select from {name} d where {same});
            """);
    }

    /// <summary>Whether a version is of the key that fact <c>f</c> keeps.</summary>
    internal static Sql OfKey(string alias, DimensionWish wish, string role, ReferenceWish reference) => Sql.Join(" and ",
        wish.Key.Keys.Select(key => Sql.Of($"{new Words(alias)}.{new Ident(key)} = f.{new Ident(Parked(role, reference, key))}")));

    /// <summary>Whether a version holds at the date of fact <c>f</c>.</summary>
    internal static Sql Holds(WarehouseSpec spec, ReferenceWish reference, string alias = "d")
    {
        var at = Sql.Of($"(f.{new Ident(reference.At)}::pg_catalog.timestamp at time zone {new Literal(spec.Wanted.Zone)})");
        return Sql.Of($"{new Words(alias)}.valid_from <= {at} and {new Words(alias)}.valid_to > {at}");
    }

    internal static string Parked(string role, ReferenceWish reference, string key) => role == reference.Dimension ? key : $"{role}_{key}";

    internal static IEnumerable<(string Fact, string Role, ReferenceWish Reference)> Referring(WarehouseSpec spec, string dimension) =>
        from fact in spec.Wanted.Facts
        from reference in fact.Value.References
        where reference.Value.Dimension == dimension
        orderby fact.Key, reference.Key
        select (fact.Key, reference.Key, reference.Value);

    internal static Sql Repoint(WarehouseSpec spec, string dimension, DimensionWish wish, string fact, string role, ReferenceWish reference)
    {
        var surrogate = new Ident(FactColumn.Surrogate(role));
        var held = Sql.Of($"{OfKey("d", wish, role, reference)} and {Holds(spec, reference)}");
        // Two joins, those with a version and those without: a look-up in each row costs many times as much.
        return Sql.Of($"""
              update {spec.Name(fact)} f set {surrogate} = d.sk
              from pg_temp.howdah_touched x join {spec.Name(dimension)} d on {Equal("d", "x", wish.Key.Keys)}
              where {OfKey("x", wish, role, reference)} and {held} and f.{surrogate} <> d.sk;
              get diagnostics the_late = row_count;
              the_repointed := the_repointed + the_late;
              update {spec.Name(fact)} f set {surrogate} = -1
              from pg_temp.howdah_touched x
              where {OfKey("x", wish, role, reference)} and f.{surrogate} <> -1
                and not exists (select from {spec.Name(dimension)} d where {held});
              get diagnostics the_late = row_count;
              the_repointed := the_repointed + the_late;
            """);
    }

    // Versions go before their facts are pointed to others; then, not at the end of the transaction, the keys are looked at.
    static Sql? Constraints(WarehouseSpec spec, string dimension, string when)
    {
        var keys = Referring(spec, dimension).Where(each => spec.Wanted.Facts[each.Fact].ForeignKeys).ToList();
        return keys.Count == 0 ? null : Sql.Join("\n", keys.Select(each => FactParts.LookedAt(spec, each.Fact, each.Role, when)));
    }

    static Sql Members(WarehouseSpec spec, string dimension, DimensionWish wish) =>
        Sql.Of($"{DimensionParts.Members(spec, dimension, wish)};");

    static string Intake(DimensionWish wish) => Sql.Of($"""
        create temp table howdah_in on commit drop as
        select (%s)::pg_catalog.int8 as howdah_line, {Sql.Join(", ", wish.Key.Concat(DimensionParts.Types(wish)).Select(static each =>
            Sql.Of($"s.{new Ident(each.Key)}::{Part.Type(each.Value)} as {new Ident(each.Key)}")))},
          (%s)::pg_catalog.timestamptz as effective_at, (%s)::pg_catalog.int8 as version,
          pg_catalog.upper((%s)::pg_catalog.text) as operation,
          null::pg_catalog.text as refused
        from only %s s
        """).ToString();

    // Without versions it makes no difference since when something holds; with them it makes all the difference, so it is refused row by
    // row.
    static string NoTime(DimensionWish wish) => wish.Attributes.Values.Any(static each => each.Change == ChangeKind.Version)
        ? "null" : "'-infinity'";

    internal static Sql Equal(string left, string right, IEnumerable<string> columns) => Sql.Join(" and ", columns.Select(column =>
        Sql.Of($"{new Words(left)}.{new Ident(column)} = {new Words(right)}.{new Ident(column)}")));

    static Sql AnyNull(string alias, IEnumerable<string> columns) => Sql.Of($"({Sql.Join(" or ", columns.Select(column =>
        Sql.Of($"{new Words(alias)}.{new Ident(column)} is null")))})");

    static Sql Listed(string alias, IEnumerable<string> columns) => Sql.Join("", columns.Select(column =>
        Sql.Of($", {new Words(alias)}.{new Ident(column)}")));

    static Sql Words(string alias, IReadOnlyList<string> columns) =>
        Sql.Of($"pg_catalog.concat_ws(', ', {Part.Columns(alias, columns)})");
}
