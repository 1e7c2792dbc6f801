namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>
/// Which rows were changed since the copy was compared with its source. Only these need to be compared again while the tenant waits; where
/// they are too many, or where this process did not see them all, the whole is compared.
/// </summary>
sealed class TouchedRows
{
    /// <summary>More are not remembered: comparing the whole is then as quick.</summary>
    internal const int Most = 50_000;

    readonly Dictionary<MovedTable, HashSet<string>> seen = [];
    readonly Dictionary<MovedTable, List<IReadOnlyList<string?>>> keys = [];
    int count;

    /// <summary>Whether all changed rows are known.</summary>
    internal bool Complete { get; private set; } = true;

    /// <summary>The keys of a table's changed rows.</summary>
    internal IReadOnlyList<IReadOnlyList<string?>> Of(MovedTable table) => keys.GetValueOrDefault(table) ?? [];

    /// <summary>Rows were changed that this process did not see.</summary>
    internal void Lose() => Complete = false;

    /// <summary>Notes what a change touched.</summary>
    internal void Note(ChangeSql sql, Change change)
    {
        if (change.Kind == ChangeKind.Truncate || !sql.KnowsKey(change.Table!))
            Lose();
        if (!Complete)
            return;
        if (sql.Touched(change) is { } row)
            Add(row.Table, row.Key);
        if (sql.Left(change) is { } old)
            Add(old.Table, old.Key);
    }

    void Add(MovedTable table, IReadOnlyList<string?> key)
    {
        if (!seen.TryGetValue(table, out var set))
        {
            seen[table] = set = new(StringComparer.Ordinal);
            keys[table] = [];
        }
        // Lengths in front keep ("a", "bc") and ("ab", "c") apart.
        if (!set.Add(string.Concat(key.Select(part => $"{part?.Length ?? -1}:{part}"))))
            return;
        keys[table].Add(key);
        if (++count > Most)
        {
            Lose();
            keys.Clear();
            seen.Clear();
        }
    }
}
