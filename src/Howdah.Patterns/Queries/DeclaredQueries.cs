using Howdah.Engine.Files;

namespace Howdah.Patterns.Queries;

/// <summary>A query ready to be sent: values stand beside the statement, never in it.</summary>
/// <param name="Sql">One statement, parameters as <c>$1</c>, <c>$2</c> ….</param>
/// <param name="Values">Their values as text, in that order, for the server to read as the parameter's type.</param>
/// <param name="As">The role that it runs as; null where nothing is declared.</param>
/// <param name="Tenant">The tenant that it runs for; null where none is declared.</param>
/// <param name="Seconds">How long it may run.</param>
public sealed record BoundQuery(string Sql, IReadOnlyList<string> Values, string? As, string? Tenant, int Seconds);

/// <summary>The declared queries of a database.</summary>
public static class DeclaredQueries
{
    /// <summary>Each by name, with what it tells.</summary>
    public static IReadOnlyList<(string Name, string About)> Of(DatabaseSpec database) =>
        [.. (database.Get(QueriesSpec.Section) ?? new Dictionary<string, QueryWish>()).Select(static each => (each.Key, each.Value.About))];

    /// <summary>Binds values to a declared query, or to a statement as it stands.</summary>
    /// <param name="database">The database.</param>
    /// <param name="given">The name of a declared query, or a statement; parameters stand as <c>@name</c>.</param>
    /// <param name="values">Values by name; where a declared query has a default, one may be left out.</param>
    /// <exception cref="ArgumentException">A value is missing or superfluous, or it is neither a query's name nor a statement.</exception>
    public static BoundQuery Bind(DatabaseSpec database, string given, IReadOnlyDictionary<string, string> values)
    {
        var all = database.Get(QueriesSpec.Section);
        if (all?.GetValueOrDefault(given) is { } wish)
        {
            var stray = values.Keys.FirstOrDefault(name => !wish.Parameters.ContainsKey(name));
            if (stray is not null)
                throw new ArgumentException($"query {given} has no parameter `{stray}`"
                    + (wish.Parameters.Count == 0 ? "" : $"; it has {string.Join(", ", wish.Parameters.Keys)}"));
            var text = QueryText.Of(wish.Sql, [.. wish.Parameters.Keys], [.. wish.Parameters.Values.Select(static each => each.Type)]);
            return new(text.Sql, [.. wish.Parameters.Select(each => values.GetValueOrDefault(each.Key) ?? each.Value.Default
                ?? throw new ArgumentException($"query {given} needs --set {each.Key}=… ({each.Value.Type})"))],
                wish.As, wish.Tenant, wish.Seconds);
        }
        if (!given.Any(char.IsWhiteSpace))
            throw new ArgumentException($"there is no query `{given}`" + (all is { Count: > 0 }
                ? $"; there are {string.Join(", ", all.Keys)}" : ": this database declares none under queries"));
        var written = QueryText.Of(given, [.. values.Keys]);
        if (written.Statements != 1)
            throw new ArgumentException("howdah query runs one statement; howdah sql runs several");
        if (values.Keys.FirstOrDefault(name => !written.Used.Contains(name)) is { } unused)
            throw new ArgumentException($"--set gives {unused}, but the statement does not name @{unused}");
        if (written.Strays.FirstOrDefault() is { } missing)
            throw new ArgumentException($"the statement names @{missing}: give it with --set {missing}=…");
        return new(written.Sql, [.. values.Values], null, null, QueriesSpec.Seconds);
    }
}
