using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Dividing;

namespace Howdah.Patterns.Partitions;

/// <summary>
/// The steps that make and mend partitions. Never CREATE TABLE … PARTITION OF, which locks the parent against everybody: a table of
/// its own is made and attached, which lets readers and writers of the parent go on.
/// </summary>
sealed class LeafSteps(PartitionsSpec spec, QName parent)
{
    static readonly CatalogQuery LikeParent = CatalogQuery.Load(typeof(LeafSteps), "like_parent.sql");

    /// <summary>Makes one. Rows of its range that lie in the default partition move over in the same transaction.</summary>
    internal Step Create(QName leaf, Ident key, Bound bound, QName? rest, IReadOnlyList<string> columns)
    {
        var holds = bound.Holds(key);
        var sql = new List<Sql>
        {
            // Not its identity: a partition with one of its own hands out the parent's numbers again. Statistics are the planner's by leaf.
            Sql.Of($"create table {leaf} (like {parent} including all excluding identity excluding statistics)"),
        };
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
        sql.AddRange(Mending(parent, leaf));
        return Step($"{parent.Plain}/{leaf.Name}", leaf, StepAction.Create, bound.Words, sql) with
        {
            Owns = [new("table", leaf.Schema, leaf.Name)],
            Limits = rest is null ? Limits.Catalog : Limits.Data,
        };
    }

    /// <summary>Makes one like its parent again.</summary>
    internal Step Mend(LeafFacts leaf) =>
        Step($"{parent.Plain}/{leaf.Name.Name}/like", leaf.Name, StepAction.Alter, $"{string.Join(", ", leaf.Differs)} as the parent's",
            Mending(parent, leaf.Name));

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
