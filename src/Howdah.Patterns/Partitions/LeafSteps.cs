using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Dividing;

namespace Howdah.Patterns.Partitions;

/// <summary>
/// The steps that make and mend partitions. Never CREATE TABLE … PARTITION OF, which locks the parent against everybody: a table of
/// its own is made and attached, which lets readers and writers of the parent go on.
/// </summary>
/// <param name="spec">What is declared.</param>
/// <param name="parent">The table, or the partition that is divided itself.</param>
/// <param name="root">The table: what its partitions have is its own, at every level.</param>
sealed class LeafSteps(PartitionsSpec spec, QName parent, QName root)
{
    static readonly CatalogQuery LikeParent = CatalogQuery.Load(typeof(LeafSteps), "like_parent.sql");

    /// <summary>Makes one. Rows of its range that lie in the default partition move over in the same transaction.</summary>
    /// <param name="leaf">Its name.</param>
    /// <param name="key">The column that its parent is partitioned by.</param>
    /// <param name="bound">What it takes.</param>
    /// <param name="rest">Its parent's default partition.</param>
    /// <param name="columns">Columns that can be written.</param>
    /// <param name="within">How it is divided itself; null where it is not.</param>
    /// <param name="below">Its own partitions.</param>
    internal Step Create(QName leaf, Ident key, Bound bound, QName? rest, IReadOnlyList<string> columns, Division? within = null,
        IReadOnlyList<(QName Name, Bound Bound)>? below = null)
    {
        var holds = bound.Holds(key);
        var sql = new List<Sql>
        {
            // Not its identity: a partition with one of its own hands out the parent's numbers again. Statistics are the planner's by leaf.
            Sql.Of($"create table {leaf} (like {parent} including all excluding identity excluding statistics){By(within)}"),
        };
        foreach (var (name, part) in below ?? [])
        {
            sql.Add(Sql.Of($"create table {name} (like {leaf} including all excluding identity excluding statistics)"));
            sql.Add(Sql.Of($"alter table {leaf} attach partition {name} {part.Values}"));
        }
        if (rest is { } common && holds is not null)
        {
            var names = Sql.List(columns.Select(static name => new Ident(name)));
            sql.Add(Sql.Of($"lock table {common} in access exclusive mode"));
            sql.Add(Sql.Of($"with moved as (delete from {common} where {holds} returning {names}) "
                + $"insert into {leaf} ({names}) overriding system value select {names} from moved"));
        }
        // Attaching reads the table to verify its rows; the check, validated while nobody knows the table, spares that.
        if (holds is not null)
            sql.Add(Sql.Of($"alter table {leaf} add constraint howdah_bounds check ({holds})"));
        sql.Add(Sql.Of($"alter table {parent} attach partition {leaf} {bound.Values}"));
        if (holds is not null)
            sql.Add(Sql.Of($"alter table {leaf} drop constraint howdah_bounds"));
        sql.AddRange(Mending(root, leaf));
        sql.AddRange((below ?? []).SelectMany(part => Mending(root, part.Name)));
        return Step($"{parent.Plain}/{leaf.Name}", leaf, StepAction.Create,
            bound.Words + (below is { Count: > 0 } ? $", divided into {below.Count}" : ""), sql) with
        {
            Owns = [new("table", leaf.Schema, leaf.Name), .. (below ?? []).Select(static part =>
                new OwnedObject("table", part.Name.Schema, part.Name.Name))],
            Limits = rest is null ? Limits.Catalog : Limits.Data,
        };
    }

    /// <summary>
    /// Says what is wrong with a table that was not there when the plan was made, before PostgreSQL says it of a partition's name.
    /// </summary>
    /// <param name="within">How partitions are divided again.</param>
    internal Sql Guard(Division within) => Sql.Of($"""
        do {new DollarQuoted(Sql.Of($"""

        declare
          lacks pg_catalog.record;
        begin
          select c.relname as name, pg_catalog.quote_ident(c.relname) as quoted,
                 case k.contype when 'p' then 'primary key' when 'u' then 'unique constraint' else 'unique index' end as kind,
                 (select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum) from pg_catalog.pg_attribute a
                  where a.attrelid = c.oid and a.attnum <= i.indnkeyatts) as columns
            into lacks
          from pg_catalog.pg_index i
          join pg_catalog.pg_class c on c.oid = i.indexrelid
          left join pg_catalog.pg_constraint k on k.conindid = i.indexrelid and k.contype in ('p', 'u')
          where i.indrelid = {new Literal(parent.ToString())}::pg_catalog.regclass and i.indisunique
            and not exists (select from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum <= i.indnkeyatts
              and a.attname = {new Literal(within.By)})
          limit 1;
          if found then
            raise exception using errcode = '0A000', message = pg_catalog.format(
              'the %s %s of %s does not hold %s, by which its partitions are divided again: PostgreSQL keeps it within one partition',
              lacks.kind, lacks.name, {new Literal(parent.Plain)}, {new Literal(within.By)}),
              hint = pg_catalog.format(case when lacks.kind = 'unique index'
                  then 'in a migration: DROP INDEX %1$s.%2$s; CREATE UNIQUE INDEX %2$s ON %3$s (%4$s, %5$s)'
                  else 'in a migration: ALTER TABLE %3$s DROP CONSTRAINT %2$s, ADD CONSTRAINT %2$s %6$s (%4$s, %5$s)' end,
                {new Literal(new Ident(parent.Schema).ToString())}, lacks.quoted, {new Literal(parent.ToString())}, lacks.columns,
                {new Literal(new Ident(within.By).ToString())}, case lacks.kind when 'primary key' then 'PRIMARY KEY' else 'UNIQUE' end);
          end if;
        end

        """).ToString())}
        """);

    static Sql? By(Division? within) => within is null ? null
        : Sql.Of($" partition by {new Words(within.Kind.Strategy())} ({new Ident(within.By)})");

    /// <summary>Makes one like its parent again.</summary>
    internal Step Mend(LeafFacts leaf) =>
        Step($"{parent.Plain}/{leaf.Name.Name}/like", leaf.Name, StepAction.Alter, $"{string.Join(", ", leaf.Differs)} as the parent's",
            Mending(root, leaf.Name));

    /// <summary>Ends a detaching that was cut off: until then the parent neither shows rows of its range nor takes any.</summary>
    internal Step Finalize(LeafFacts leaf) =>
        Step($"{parent.Plain}/{leaf.Name.Name}/finalize", leaf.Name, StepAction.Alter, "ends a detaching that was cut off",
            [Sql.Of($"alter table {parent} detach partition {leaf.Name} finalize")]) with { Limits = Limits.Data };

    /// <summary>Gives a partition what its parent has and does not hand on by itself; in a transaction.</summary>
    internal static IEnumerable<Sql> Mending(QName parent, QName leaf) =>
    [
        Sql.Of($"set local howdah.partition_parent = {new Literal(parent.ToString())}"),
        Sql.Of($"set local howdah.partition_leaf = {new Literal(leaf.ToString())}"),
        LikeParent.AsSql(),
    ];

    Step Step(string id, QName leaf, StepAction action, string detail, IEnumerable<Sql> sql) => new()
    {
        Id = $"partitions/{spec.Database}/{id}",
        Server = spec.Server,
        Database = spec.Database,
        Pattern = PartitionsSpec.Key,
        Object = $"partition {leaf.Plain}",
        Action = action,
        Detail = detail,
        Sql = [.. sql],
    };
}
