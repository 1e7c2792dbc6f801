using System.Globalization;
using System.Text;
using Howdah.Engine.Files;

namespace Howdah.Patterns.Warehouse;

/// <summary>A warehouse for people: the star as a diagram, and the data dictionary.</summary>
public static class WarehouseDocs
{
    /// <summary>The star as Mermaid draws it; null where the database declares no warehouse.</summary>
    public static string? Mermaid(DatabaseSpec database)
    {
        if (database.Get(WarehouseShapes.Section) is not { } wanted)
            return null;
        var text = new StringBuilder("erDiagram\n");
        foreach (var (name, fact) in wanted.Facts)
        {
            foreach (var (role, reference) in fact.References)
                Line($"  {reference.Dimension} ||--o{{ {name} : {role}");
            if (wanted.Calendar is not null)
            {
                foreach (var date in fact.Dates)
                    Line($"  calendar ||--o{{ {name} : {date}");
            }
        }
        foreach (var (name, bridge) in wanted.Bridges)
        {
            Line($"  {bridge.Dimension} ||--o{{ {name} : member");
            foreach (var (fact, _) in wanted.Facts.Where(each => each.Value.Bridges.Contains(name)))
                Line($"  {name} }}o--o{{ {fact} : {string.Join(' ', bridge.Group.Keys)}");
        }
        foreach (var (name, dimension) in wanted.Dimensions)
        {
            foreach (var (column, outrigger) in dimension.Outriggers)
                Line($"  {outrigger} ||--o{{ {name} : {column}");
        }
        foreach (var (name, fact) in wanted.Facts)
        {
            Line($"  {name} {{");
            foreach (var date in fact.Dates)
                Line($"    date {date}{(fact.Grain.Contains(date) ? " PK" : "")}");
            foreach (var (column, type) in fact.Degenerate)
                Line($"    {Word(type)} {column}{(fact.Grain.Contains(column) ? " PK" : "")}");
            foreach (var (measure, about) in fact.Measures)
                Line($"    {Word(about.Type)} {measure} \"{Words(about.Additivity)}\"");
            Line($"  }}");
        }
        foreach (var (name, dimension) in wanted.Dimensions)
        {
            Line($"  {name} {{");
            foreach (var (column, type) in dimension.Key)
                Line($"    {Word(type)} {column} UK");
            foreach (var (column, about) in dimension.Attributes)
                Line($"    {Word(about.Type)} {column} \"{Words(about.Change)}\"");
            Line($"  }}");
        }
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>The stars as a picture, an SVG that is light or dark as its reader's screen; null where the database declares no
    /// warehouse.</summary>
    public static string? Svg(DatabaseSpec database) =>
        database.Get(WarehouseShapes.Section) is { } wanted ? WarehousePicture.Draw(wanted) : null;

    /// <summary>The data dictionary in Markdown; null where the database declares no warehouse.</summary>
    public static string? Dictionary(DatabaseSpec database)
    {
        if (database.Get(WarehouseShapes.Section) is not { } wanted)
            return null;
        var text = new StringBuilder();
        Line($"# Warehouse {wanted.Schema} of {database.Name}\n");
        foreach (var (name, fact) in wanted.Facts)
        {
            Line($"## Fact `{wanted.Schema}.{name}`\n");
            Line($"{About(fact.About)}One row for each {string.Join(", ", fact.Grain)} ({Words(fact.Kind)})"
                + (fact.PartitionBy is null ? ".\n" : $"; partitioned by {fact.PartitionBy}.\n"));
            Line($"| column | type | what |\n|---|---|---|");
            foreach (var date in fact.Dates)
                Line($"| `{date}` | date | date |");
            foreach (var (column, type) in fact.Degenerate)
                Line($"| `{column}` | {type} | of the source |");
            foreach (var (role, reference) in fact.References)
                Line($"| `{FactColumn.Surrogate(role)}` | bigint | `{reference.Dimension}` as of {reference.At} |");
            foreach (var (measure, about) in fact.Measures)
                Line($"| `{measure}` | {about.Type} | {Words(about.Additivity)}"
                    + $"{(about.About.Length > 0 ? $": {Cell(about.About)}" : "")} |");
            Line($"");
        }
        foreach (var (name, dimension) in wanted.Dimensions)
        {
            Line($"## Dimension `{wanted.Schema}.{name}`\n");
            Line($"{About(dimension.About)}Natural key: {string.Join(", ", dimension.Key.Keys)}.\n");
            Line($"| column | type | a change |\n|---|---|---|");
            foreach (var (column, type) in dimension.Key)
                Line($"| `{column}` | {type} | is another member |");
            foreach (var (column, about) in dimension.Attributes)
                Line($"| `{column}` | {about.Type} | {Words(about.Change)}{(about.About.Length > 0 ? $": {Cell(about.About)}" : "")} |");
            Line($"");
        }
        foreach (var (name, bridge) in wanted.Bridges)
            Line($"* Bridge `{wanted.Schema}.{name}`: {About(bridge.About)}Groups ({string.Join(", ", bridge.Group.Keys)}) of "
                + $"`{bridge.Dimension}`, each member with its share of 1; read {string.Join(", ", wanted.Facts
                    .Where(each => each.Value.Bridges.Contains(name)).Select(each =>
                        $"`{wanted.Schema}.{BridgeParts.Name(each.Key, name)}()`"))}.");
        foreach (var (name, rollup) in wanted.Rollups)
            Line($"* Rollup `{wanted.Schema}.{name}`: {rollup.Fact} by {string.Join(", ", rollup.By.Prepend(rollup.Every))}.");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }

    static string About(string about) => about.Length > 0 ? $"{about.TrimEnd('.')}. " : "";

    static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace('\n', ' ');

    static string Word(string type) => type.Split('(', ' ')[0];

    static string Words(Additivity additivity) => additivity switch
    {
        Additivity.Additive => "additive",
        Additivity.SemiAdditive => "additive over all but time",
        _ => "not additive",
    };

    static string Words(ChangeKind change) => change switch
    {
        ChangeKind.Keep => "is refused",
        ChangeKind.Overwrite => "overwrites",
        _ => "begins a version",
    };

    static string Words(FactKind kind) => kind switch
    {
        FactKind.Transaction => "happened once",
        FactKind.Periodic => "a state at a time",
        _ => "a thing on its way",
    };
}
