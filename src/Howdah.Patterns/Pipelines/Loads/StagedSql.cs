using Howdah.Engine.Planning;
using Howdah.Patterns.Pipelines.Streaming;

namespace Howdah.Patterns.Pipelines;

/// <summary>The statements of a load that goes through a staging table. Nothing here touches rows one by one.</summary>
/// <param name="wish">The pipeline.</param>
/// <param name="batch">The batch's number.</param>
/// <param name="staging">The tables of several streams; null for a temporary one.</param>
sealed class StagedSql(PipelineWish wish, long batch, Staging? staging = null)
{
    /// <summary>Rows as they came, of types of the server's own.</summary>
    internal QName Staged { get; } = staging?.Rows ?? new("pg_temp", "howdah_staged");

    /// <summary>Whether several streams brought the rows: then they stand in no order, and have an index by their lines.</summary>
    internal bool Streamed => staging is not null;

    /// <summary>Rows with what was computed and looked up.</summary>
    internal static QName Computed { get; } = new("pg_temp", "howdah_computed");

    static readonly QName Part = new("pg_temp", "howdah_part");

    /// <summary>Whether anything is made of what came.</summary>
    internal bool Computes => wish.Columns.Values.Any(static column => !column.Staged);

    /// <summary>Where the rows are that go into the target.</summary>
    internal QName Ready => Computes ? Computed : Staged;

    IEnumerable<KeyValuePair<string, ColumnWish>> Kept => wish.Columns.Where(static each => !each.Value.StageOnly);

    Sql Names => Sql.List(Kept.Select(static each => new Ident(each.Key)));

    internal Sql Create() =>
        Sql.Of($"create temporary table {new Ident(Staged.Name)} ({Columns(wish, static _ => false)}) on commit drop");

    /// <summary>The staged columns, and where each row stood.</summary>
    /// <param name="wish">The pipeline.</param>
    /// <param name="required">Which columns need a value beside those that say so.</param>
    internal static Sql Columns(PipelineWish wish, Func<string, bool> required) => Sql.Of($"""
        {Sql.Join(", ", wish.Columns.Where(static each => each.Value.Staged)
            .Select(each => Sql.Of($"{new Ident(each.Key)} {Sql.Written(each.Value.Type)}{(each.Value.Required || required(each.Key)
                ? Sql.Of($" not null") : null)}")))}, howdah_line bigint, howdah_offset bigint
        """);

    /// <summary>The empty table for what is computed: the server says of which types it is.</summary>
    internal Sql CreateComputed() =>
        Sql.Of($"create temporary table {new Ident(Computed.Name)} on commit drop as {Compute()} with no data");

    /// <summary>Computes rows of a range of lines.</summary>
    internal Sql FillComputed(long low, long high) =>
        Sql.Of($"insert into {Computed} {Compute()} where {Between(low, high)}{Ordered(true)}");

    Sql Compute() => Sql.Of($"""
        select {Sql.Join(", ", Kept.Select(static each => each.Value switch
        {
            { Value: { } value } => Sql.Of($"({Sql.Written(value)}) as {new Ident(each.Key)}"),
            { Lookup: not null } => Sql.Of($"{Alias(each.Key)}.taken as {new Ident(each.Key)}"),
            _ => Sql.Of($"s.{new Ident(each.Key)}"),
        }))}, s.howdah_line, s.howdah_offset
        from {Staged} s{Sql.Join("", Lookups.Select(static each => Join(each.Key, each.Value.Lookup!)))}
        """);

    internal IEnumerable<KeyValuePair<string, ColumnWish>> Lookups => wish.Columns.Where(static each => each.Value.Lookup is not null);

    static Ident Alias(string column) => new($"howdah_{column}");

    // Grouped, so that a key that stands twice in the other table cannot make two rows of one.
    static Sql Join(string column, LookupWish lookup) => Sql.Of($"""

        left join (select {Sql.Join(", ", lookup.By.Keys.Select(static key => Sql.Of($"l.{new Ident(key)}")))},
          (pg_catalog.array_agg(l.{new Ident(lookup.Take)}))[1] as taken, pg_catalog.count(*) as found
          from {lookup.Table} l group by {Sql.Join(", ", lookup.By.Keys.Select(static key => Sql.Of($"l.{new Ident(key)}")))})
          {Alias(column)} on {Sql.Join(" and ", lookup.By.Select(each =>
              Sql.Of($"{Alias(column)}.{new Ident(each.Key)} = s.{new Ident(each.Value)}")))}
        """);

    /// <summary>Takes out the rows whose lookup finds nothing, or several: their lines, offsets and how many were found.</summary>
    internal Sql Unmatched(string column, LookupWish lookup) => Sql.Of($"""
        delete from {Staged} t using (
          select s.howdah_line, {Alias(column)}.found from {Staged} s {Join(column, lookup)}
          where {Alias(column)}.found > 1{(lookup.Missing ? Sql.Of($" or {Alias(column)}.found is null") : null)}
        ) x where x.howdah_line = t.howdah_line
        returning t.howdah_line, t.howdah_offset, coalesce(x.found, 0)
        """);

    /// <summary>Whether a key of the source stands in several rows.</summary>
    internal Sql HasDuplicates() => Sql.Of($"select exists (select from {Ready} r group by {Key("r")} having pg_catalog.count(*) > 1)");

    /// <summary>Takes out all but the first of rows that are the same.</summary>
    internal Sql DropTwins() => Drop(Sql.Of($"pg_catalog.row_number() over (partition by {Columns("r")} order by r.howdah_line) > 1"));

    /// <summary>Takes out all but the last row of each key.</summary>
    internal Sql DropEarlier() => Drop(Sql.Of($"pg_catalog.row_number() over (partition by {Key("r")} order by r.howdah_line desc) > 1"));

    /// <summary>Takes out all rows of keys that stand in several rows: their lines, offsets, and the key's first and last line.</summary>
    internal Sql DropConflicts() => Sql.Of($"""
        delete from {Ready} t using (
          select r.howdah_line, pg_catalog.min(r.howdah_line) over k as first, pg_catalog.max(r.howdah_line) over k as last
          from {Ready} r window k as (partition by {Key("r")})
        ) x where x.howdah_line = t.howdah_line and x.first <> x.last
        returning t.howdah_line, t.howdah_offset, x.first, x.last
        """);

    Sql Drop(Sql condition) => Sql.Of($"delete from {Ready} t using (select r.howdah_line, {condition} as gone from {Ready} r) x "
        + $"where x.howdah_line = t.howdah_line and x.gone");

    /// <summary>Carries rows of a range of lines into the target.</summary>
    internal Sql Carry(long low, long high)
    {
        var number = wish.BatchColumn is { } column ? Sql.Of($", {new Ident(column)}") : null;
        return Sql.Of($"""
            insert into {wish.Into!.Value} as t ({Names}{number})
            select {Columns("s")}{(number is null ? null : Sql.Of($", {batch}"))} from {Ready} s
            where {Between(low, high)}{Ordered(false)}{Conflict()}
            """);
    }

    Sql? Conflict()
    {
        var key = wish.Key.Count == 0 ? null : Sql.Of($" ({Sql.List(wish.Key.Select(static name => new Ident(name)))})");
        var rest = Kept.Select(static each => each.Key).Except(wish.Key).ToList();
        if (wish.Mode == LoadMode.Insert)
            return null;
        if (wish.Mode == LoadMode.Append || rest.Count == 0)
            return Sql.Of($" on conflict{key} do nothing");
        Sql Row(string alias) => Sql.Join(", ", rest.Select(name => Sql.Of($"{new Words(alias)}.{new Ident(name)}")));
        var set = wish.BatchColumn is { } batch ? rest.Append(batch) : rest;
        return Sql.Of($" on conflict{key} do update set "
            + $"{Sql.Join(", ", set.Select(static name => Sql.Of($"{new Ident(name)} = excluded.{new Ident(name)}")))} "
            + $"where row({Row("t")}) is distinct from row({Row("excluded")})");
    }

    /// <summary>Puts a range of lines into a table of its own and calls the procedure with it.</summary>
    internal IEnumerable<Sql> Call(long low, long high, string owner) =>
    [
        Sql.Of($"create temporary table {new Ident(Part.Name)} on commit drop as select {Columns("s")}, s.howdah_line from {Ready} s "
            + $"where {Between(low, high)}{Ordered(false)}"),
        Sql.Of($"grant select on {Part} to {new Ident(owner)}"),
        Sql.Of($"call {wish.Call!.Value}({new Literal(Part.ToString())}::pg_catalog.regclass, {batch})"),
        Sql.Of($"drop table {Part}"),
    ];

    // What is made in the order of rows (identities, what lies beside what) must not hang on which stream was the quicker one.
    Sql? Ordered(bool computing) => Streamed && computing == Computes ? Sql.Of($" order by s.howdah_line") : null;

    static Sql Between(long low, long high) => Sql.Of($"s.howdah_line between {low} and {high}");

    Sql Columns(string alias) => Sql.Join(", ", Kept.Select(each => Sql.Of($"{new Words(alias)}.{new Ident(each.Key)}")));

    Sql Key(string alias) => Sql.Join(", ", wish.Key.Select(name => Sql.Of($"{new Words(alias)}.{new Ident(name)}")));
}
