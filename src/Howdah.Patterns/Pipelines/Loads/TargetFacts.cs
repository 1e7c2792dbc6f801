using Howdah.Engine.Planning;
using Howdah.Loading;
using Npgsql;

namespace Howdah.Patterns.Pipelines;

/// <summary>What a load has to know of its table.</summary>
/// <param name="Protected">Whether rows are under row security.</param>
/// <param name="Columns">Its columns: their types as the catalogs write them, and whether they take no NULL.</param>
sealed record TargetFacts(bool Protected, IReadOnlyDictionary<string, (string Type, bool NotNull)> Columns)
{
    internal static TargetFacts Unknown { get; } = new(false, new Dictionary<string, (string, bool)>());

    internal static async Task<TargetFacts> ReadAsync(LoadSession session, QName table, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("""
            select a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, c.relrowsecurity
            from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid
            where c.oid = pg_catalog.to_regclass($1) and a.attnum > 0 and not a.attisdropped order by a.attnum
            """, session.Connection) { Parameters = { new() { Value = table.ToString() } } };
        await using var row = await command.ExecuteReaderAsync(token);
        var columns = new Dictionary<string, (string, bool)>();
        var secured = false;
        while (await row.ReadAsync(token))
        {
            columns.Add(row.GetString(0), (row.GetString(1), row.GetBoolean(2)));
            secured = row.GetBoolean(3);
        }
        return columns.Count > 0 ? new(secured, columns)
            : throw new LoadException($"there is no table {table.Plain}: a migration or the warehouse makes it before it is loaded");
    }

    /// <summary>Whether the source's rows can go straight into the table: nothing is made of them, and its own rules are the declared ones.
    /// </summary>
    internal bool TakesDirectly(PipelineWish wish) => wish is { Into: not null, Mode: LoadMode.Insert } && !Protected
        && wish.Columns.All(each => each.Value is { Staged: true, StageOnly: false } && Columns.TryGetValue(each.Key, out var column)
            && column.Type == each.Value.Type && (!each.Value.Required || column.NotNull));

    /// <summary>Says which declared column the table lacks; null for none.</summary>
    internal string? Lacks(PipelineWish wish) => wish.Columns.Where(static each => !each.Value.StageOnly).Select(static each => each.Key)
        .Concat(wish.BatchColumn is { } batch ? [batch] : (string[])[]).FirstOrDefault(name => !Columns.ContainsKey(name));
}
