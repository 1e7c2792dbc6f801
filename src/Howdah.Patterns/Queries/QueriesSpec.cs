using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Queries;

/// <summary>A parameter of a query.</summary>
/// <param name="Type">Its type, in PostgreSQL's words.</param>
/// <param name="Default">Its value where none is given; null where one must be.</param>
sealed record ParameterWish(string Type, string? Default);

/// <summary>A query as declared.</summary>
/// <param name="Sql">Its text, with parameters as <c>@name</c>.</param>
/// <param name="As">The role that it runs as; null for the role that applies.</param>
/// <param name="Tenant">The tenant that it runs for; null for none.</param>
/// <param name="Parameters">Its parameters, in the file's order.</param>
/// <param name="Prunes">Partitioned tables by name, each with how many of its partitions the query may touch.</param>
/// <param name="Seconds">How long it may run.</param>
/// <param name="About">What it tells.</param>
sealed record QueryWish(string Sql, string? As, string? Tenant, IReadOnlyDictionary<string, ParameterWish> Parameters,
    IReadOnlyDictionary<string, int> Prunes, int Seconds, string About);

/// <summary>The queries of one database as declared.</summary>
/// <param name="Path">The YAML path.</param>
/// <param name="Queries">The queries by name, in the file's order.</param>
sealed record QueriesSpec(string Path, IReadOnlyDictionary<string, QueryWish> Queries)
{
    internal const string Key = "queries";

    /// <summary>How long a query may run where nothing is said, in seconds.</summary>
    internal const int Seconds = 60;

    // A closed list: a type is written into SQL as it stands.
    static readonly string[] Types = ["text", "integer", "bigint", "numeric", "boolean", "date", "timestamp", "timestamptz", "uuid"];

    static Shape<string> Type { get; } = Shapes.Choice([.. Types.Select(static type => (type, type))]);

    static Shape<ParameterWish> Parameter { get; } = Shapes.Object<ParameterWish>("a parameter", keys =>
    {
        var type = keys.Required("type", Type, "Its type.", "date");
        var value = keys.Optional<string?>("default", Shapes.Setting!, null, "Its value where none is given.", example: "2026-01-01");
        return values => new(values.Get(type), values.Get(value));
    });

    internal static Section<IReadOnlyDictionary<string, QueryWish>> Section { get; } = new(SectionScope.Database, Key,
        "Queries by name: what `howdah query NAME` runs, and `howdah prove` shows to be allowed and to touch few partitions.",
        Shapes.Map(Shapes.Object<QueryWish>("a query", keys =>
        {
            var sql = keys.Required("sql", Shapes.Text, "One statement; parameters stand as `@name`.",
                "select sum(amount) from sales where day >= @from");
            var role = keys.Optional<string?>("as", Shapes.Ref("role")!, null, "The role that it runs as; else the role that applies.",
                example: "analyst");
            var tenant = keys.Optional<string?>("tenant", Shapes.Text!, null, "The tenant that it runs for, by name.",
                example: "California");
            var parameters = keys.Optional("parameters", Shapes.Map(Shapes.ScalarOr(Shapes.Parsed<ParameterWish>(Type.Wants,
                static text => Types.Contains(text) ? new(text, null) : null), Parameter)), new Dictionary<string, ParameterWish>(),
                "Its parameters: name and type. They are sent beside the statement, never as part of it.",
                example: "{ from: { type: date, default: 2026-01-01 } }");
            var prunes = keys.Optional("prunes", Shapes.Map(Shapes.Int(1, 10000)), new Dictionary<string, int>(),
                "Partitioned tables, each with how many of its partitions the query may touch at most, with the parameters' defaults.",
                example: "{ sales.orders: 1 }");
            var seconds = keys.Optional("seconds", Shapes.Int(1, 86400), Seconds, "How long it may run.", "60");
            var about = keys.Optional("about", Shapes.Text, "", "What it tells.", example: "sales of a month");
            return values => new(values.Get(sql), values.Get(role), values.Get(tenant), values.Get(parameters), values.Get(prunes),
                values.Get(seconds), values.Get(about));
        })));

    internal static QueriesSpec? Read(Target target) => target.Database!.Get(Section) is { } queries
        ? new($"{target.Path}.{Key}", queries) : null;

    internal static IEnumerable<Diagnostic> Validate(QueriesSpec spec) =>
        spec.Queries.SelectMany(query => Validate(query.Key, query.Value, $"{spec.Path}.{query.Key}"));

    static IEnumerable<Diagnostic> Validate(string name, QueryWish wish, string path)
    {
        var text = QueryText.Of(wish.Sql, [.. wish.Parameters.Keys]);
        if (text.Statements != 1)
            yield return Diagnostic.Error(Codes.Statement, $"{name} is {(text.Statements == 0 ? "no statement" : "several statements")}",
                $"{path}.sql", "write one SELECT");
        foreach (var stray in text.Strays)
            yield return Diagnostic.Error(Codes.Parameter, $"{name} names @{stray}, which it does not declare", $"{path}.sql",
                $"declare it under parameters: {{ {stray}: text }}");
        foreach (var (parameter, about) in wish.Parameters)
        {
            if (!text.Used.Contains(parameter))
                yield return Diagnostic.Error(Codes.Parameter, $"{name} declares {parameter} and does not name it", $"{path}.parameters",
                    $"write @{parameter} where its value goes");
            if (about.Default is null && wish.Prunes.Count > 0)
                yield return Diagnostic.Error(Codes.Parameter,
                    $"{name} says what it prunes, so {parameter} needs a default to prove it with",
                    $"{path}.parameters.{parameter}", $"write {parameter}: {{ type: {about.Type}, default: … }}");
        }
        foreach (var table in wish.Prunes.Keys.Where(static table => QName.Parse(table) is null))
            yield return Diagnostic.Error(Codes.Table, $"`{table}` is no table", $"{path}.prunes",
                "write schema and name, as `sales.orders`");
    }
}
