using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>A change as a statement for the target.</summary>
/// <param name="Text">The statement; the same text for the same kind of change, so that the server plans it once.</param>
/// <param name="Values">Its parameters, in text form: the server reads each as its column's type.</param>
/// <param name="One">Whether it must find exactly one row.</param>
sealed record ChangeStatement(string Text, IReadOnlyList<string?> Values, bool One = true);

/// <summary>Turns changes into statements. Pure.</summary>
/// <param name="tables">The tables by their name at the source.</param>
/// <param name="tenant">The tenant that is moved.</param>
sealed class ChangeSql(IReadOnlyDictionary<QName, MovedTable> tables, Guid tenant)
{
    /// <summary>The statement for a change; null where nothing is left to do.</summary>
    /// <exception cref="MoveException">The table was changed since the move began, or a row is not this tenant's.</exception>
    internal ChangeStatement? For(Change change)
    {
        var relation = change.Table!;
        if (!tables.TryGetValue(relation.Name, out var table))
            throw new MoveException($"the stream carries {relation.Name.Plain}, which is no table of this move");
        Unchanged(relation, table);
        if (change.New is { } row && !Ours(relation, row, table))
            throw new MoveException($"the stream carries a row of {relation.Name.Plain} that is not this tenant's: nothing of it was kept");
        return change.Kind switch
        {
            ChangeKind.Insert => Insert(relation, table, change.New!),
            ChangeKind.Update => Update(relation, table, change),
            ChangeKind.Delete => Delete(relation, table, change.Old!),
            ChangeKind.Truncate => new(Sql.Of($"delete from {table.Target} where {new Ident(table.TenantColumn)} = $1").ToString(),
                [tenant.ToString()], One: false),
            _ => throw new ArgumentOutOfRangeException(nameof(change), change.Kind, "no change of a row"),
        };
    }

    /// <summary>Whether old rows carry the primary key (a replica identity by another index need not).</summary>
    internal bool KnowsKey(Relation relation) =>
        relation.Full || tables[relation.Name].Key.All(name => relation.Key[At(relation, name)]);

    /// <summary>The key of the row that a change leaves behind, in the order of the table's key; null for a table as a whole.</summary>
    internal (MovedTable Table, IReadOnlyList<string?> Key)? Touched(Change change)
    {
        if (change.Kind is not (ChangeKind.Insert or ChangeKind.Update or ChangeKind.Delete))
            return null;
        var table = tables[change.Table!.Name];
        var row = change.New ?? change.Old!;
        return (table, [.. table.Key.Select(name => row[At(change.Table, name)].Text)]);
    }

    /// <summary>The old key where an update moved a row to another one.</summary>
    internal (MovedTable Table, IReadOnlyList<string?> Key)? Left(Change change) =>
        change is { Kind: ChangeKind.Update, Old: { } old, Table: { } relation } && tables[relation.Name] is var table ? (table,
            [.. table.Key.Select(name => old[At(relation, name)].Text)]) : null;

    static ChangeStatement Insert(Relation relation, MovedTable table, IReadOnlyList<Cell> row) => new(Sql.Of($"""
        insert into {table.Target} ({Sql.List(relation.Columns.Select(name => new Ident(name)))}) overriding system value
        values ({Parameters(1, row.Count)})
        """).ToString(), [.. row.Select(cell => cell.Text)]);

    static ChangeStatement? Update(Relation relation, MovedTable table, Change change)
    {
        var values = new List<string?>();
        var set = new List<Sql>();
        for (var i = 0; i < relation.Columns.Count; i++)
        {
            // What only the server may write cannot be written by an update either; a copy of the same key already has it.
            if (change.New![i].Kept || table[relation.Columns[i]].IdentityAlways)
                continue;
            values.Add(change.New[i].Text);
            set.Add(Sql.Of($"{new Ident(relation.Columns[i])} = {Parameter(values.Count)}"));
        }
        if (set.Count == 0)
            return null;
        var where = Where(relation, table, change.Old ?? change.New!, values);
        return new(Sql.Of($"update {table.Target} set {Sql.Join(", ", set)} where {where}").ToString(), values);
    }

    static ChangeStatement Delete(Relation relation, MovedTable table, IReadOnlyList<Cell> old)
    {
        var values = new List<string?>();
        var where = Where(relation, table, old, values);
        return new(Sql.Of($"delete from {table.Target} where {where}").ToString(), values);
    }

    // An old row has the replica identity's columns only; the others stand there as NULL, which says nothing of them.
    static Sql Where(Relation relation, MovedTable table, IReadOnlyList<Cell> row, List<string?> values)
    {
        var names = relation.Full ? table.Key : relation.Columns.Where((_, i) => relation.Key[i]);
        return Sql.Join(" and ", names.Select(name =>
        {
            values.Add(row[At(relation, name)].Text);
            return Sql.Of($"{new Ident(name)} = {Parameter(values.Count)}");
        }));
    }

    bool Ours(Relation relation, IReadOnlyList<Cell> row, MovedTable table) =>
        Guid.TryParse(row[At(relation, table.TenantColumn)].Text, out var whose) && whose == tenant;

    static void Unchanged(Relation relation, MovedTable table)
    {
        if (relation.Columns.Count != table.Stored.Count || table.Stored.Any(column => !relation.Columns.Contains(column.Name)))
            throw new MoveException($"{table.Source.Plain} got other columns while the tenant was being moved: abort the move "
                + "(--abort) and begin again once the migration is through");
    }

    static int At(Relation relation, string column)
    {
        for (var i = 0; i < relation.Columns.Count; i++)
            if (relation.Columns[i] == column)
                return i;
        throw new MoveException($"{relation.Name.Plain} has no column {column} any more: abort the move (--abort) and begin again");
    }

    static Sql Parameters(int from, int count) => Sql.Join(", ", Enumerable.Range(from, count).Select(Parameter));

    static Sql Parameter(int number) => Sql.Of($"${number}");
}
