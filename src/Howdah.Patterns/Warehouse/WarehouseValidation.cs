using System.Globalization;
using Howdah.Engine.Files;

namespace Howdah.Patterns.Warehouse;

/// <summary>What is wrong with a warehouse as it stands in the file, all at once.</summary>
static class WarehouseValidation
{
    /// <summary>Columns that the warehouse gives its tables itself.</summary>
    static readonly string[] Own = ["valid_from", "valid_to", "batch", "howdah_line", "effective_at", "version", "operation", "sk",
        "refused", "inferred",
        "bucket", "row_count", "frozen"];

    internal static IEnumerable<Diagnostic> Validate(WarehouseSpec spec)
    {
        var wanted = spec.Wanted;
        if (spec.Schemas.Contains(wanted.Schema) || wanted.Schema is "public" or "howdah" or "information_schema"
            || wanted.Schema.StartsWith("pg_", StringComparison.Ordinal))
            yield return Diagnostic.Error(Codes.Schema, $"the warehouse needs a schema of its own, and `{wanted.Schema}` is another's",
                $"{spec.Path}.schema", "take it out of `schemas`, or name another: the warehouse makes it and closes it");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(wanted.Zone, out _))
            yield return Diagnostic.Error(Codes.Unknown, $"there is no time zone `{wanted.Zone}`", $"{spec.Path}.zone",
                "write a name such as Europe/Madrid or UTC");
        foreach (var twice in wanted.Dimensions.Keys.Concat(wanted.Dimensions.Values.SelectMany(static each => each.Roles))
            .Concat(wanted.Facts.Keys).Concat(wanted.Bridges.Keys).Concat(wanted.Rollups.Keys)
            .Concat(wanted.Calendar is null ? [] : ["calendar"])
            .Concat(wanted.Calendar is null ? [] : wanted.Facts.Values.SelectMany(static each => each.Dates).Distinct())
            .Append("load_log").GroupBy(static name => name).Where(static group => group.Count() > 1))
            yield return Diagnostic.Error(Codes.Name, $"the name `{twice.Key}` stands for two things of the warehouse", spec.Path,
                "give one of them another name");
        foreach (var wrong in Calendar(spec).Concat(wanted.Dimensions.SelectMany(each => Dimension(spec, each.Key, each.Value)))
            .Concat(wanted.Facts.SelectMany(each => Fact(spec, each.Key, each.Value)))
            .Concat(wanted.Bridges.SelectMany(each => Names($"{spec.Path}.bridges.{each.Key}", [each.Key, .. each.Value.Group.Keys])
                .Concat(BridgeValidation.Validate(spec, each.Key, each.Value))))
            .Concat(wanted.Facts.SelectMany(each => BridgeValidation.Fact(spec, each.Key, each.Value)))
            .Concat(wanted.Rollups.SelectMany(each => RollupValidation.Validate(spec, each.Key, each.Value))))
            yield return wrong;
    }

    static IEnumerable<Diagnostic> Calendar(WarehouseSpec spec)
    {
        if (spec.Wanted.Calendar is not { } calendar)
            yield break;
        var path = $"{spec.Path}.calendar";
        var from = Day(calendar.From);
        var to = Day(calendar.To);
        if (from is null)
            yield return Diagnostic.Error(Codes.Calendar, $"`{calendar.From}` is not a day", $"{path}.from", "write 2014-01-01");
        if (to is null)
            yield return Diagnostic.Error(Codes.Calendar, $"`{calendar.To}` is not a day", $"{path}.to", "write 2030-12-31");
        if (from > to)
            yield return Diagnostic.Error(Codes.Calendar, "the calendar ends before it begins", $"{path}.to", "exchange from and to");
        else if (to?.DayNumber - from?.DayNumber > 200_000)
            yield return Diagnostic.Error(Codes.Calendar, "the calendar has more than 200,000 days", $"{path}.to",
                "a calendar of some decades serves all facts");
        if (calendar is { Weeks: not null, FiscalStart: not 1 })
            yield return Diagnostic.Error(Codes.Calendar, "the fiscal year begins with a month and is made of weeks",
                $"{path}.fiscal_start", "keep fiscal_start or fiscal_weeks");
        if (calendar.Holidays is { } file && Holidays(spec, file, out var problem) is null)
            yield return Diagnostic.Error(Codes.Calendar, problem!, $"{path}.holidays",
                "a CSV file beside the estate, its first line day,name, its lines like 2014-07-04,Independence Day");
    }

    /// <summary>A day as the file writes it; null for what is none.</summary>
    internal static DateOnly? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>The holidays of the file; null, and the problem, where it cannot be read.</summary>
    internal static IReadOnlyDictionary<DateOnly, string>? Holidays(WarehouseSpec spec, string file, out string? problem)
    {
        problem = null;
        var path = Path.Combine(spec.Folder, file);
        if (!File.Exists(path))
        {
            problem = $"there is no file {file}";
            return null;
        }
        var lines = File.ReadAllLines(path);
        var days = new SortedDictionary<DateOnly, string>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (i == 0 ? lines[0].Trim() != "day,name" : lines[i].Trim().Length > 0
                && (lines[i].Split(',', 2) is not [var day, { Length: > 0 } name] || Day(day.Trim()) is not { } date
                    || !days.TryAdd(date, name.Trim().Trim('"'))))
            {
                problem = $"line {i + 1} of {file} is not a new day and its name";
                return null;
            }
        }
        return days;
    }

    static IEnumerable<Diagnostic> Dimension(WarehouseSpec spec, string name, DimensionWish wish)
    {
        var path = $"{spec.Path}.dimensions.{name}";
        foreach (var wrong in Names(path, [name, .. wish.Key.Keys, .. wish.Attributes.Keys]))
            yield return wrong;
        foreach (var twice in wish.Key.Keys.Intersect(wish.Attributes.Keys))
            yield return Diagnostic.Error(Codes.Name, $"`{twice}` is the key and an attribute of {name}", $"{path}.attributes", "keep one");
        if (wish.Key.Count == 0)
            yield return Diagnostic.Error(Codes.Empty, $"the dimension {name} has no natural key", $"{path}.key",
                "name the source's own key: key: { customer_id: text }");
        if (wish.Junk && (wish.Attributes.Count > 0 || wish.NotApplicable))
            yield return Diagnostic.Error(Codes.Empty, $"{name} is junk: it has no attributes but its key, and no member -2",
                $"{path}.attributes", "move the flags into `key`, or drop `junk`");
        if (wish is { Junk: true, Complete: not null })
            yield return Diagnostic.Error(Codes.Empty, $"{name} is junk: loads of facts make its members, and nobody copies them",
                $"{path}.complete", "leave `complete` out");
        foreach (var (column, outrigger) in wish.Outriggers)
        {
            if (!wish.Attributes.ContainsKey(column))
                yield return Diagnostic.Error(Codes.Unknown, $"{name} has no attribute `{column}`", $"{path}.outriggers",
                    "an outrigger is found by an attribute that holds its natural key");
            if (!spec.Wanted.Dimensions.TryGetValue(outrigger, out var other))
                yield return Missing(outrigger, spec.Wanted.Dimensions.Keys, $"{path}.outriggers", "dimension");
            else if (other.Key.Count != 1 || other.Attributes.Values.Any(static each => each.Change == ChangeKind.Version))
                yield return Diagnostic.Error(Codes.Grain, $"{outrigger} cannot be an outrigger of {name}", $"{path}.outriggers",
                    "an outrigger has one key column and no attribute of change 2: history on both sides would multiply versions");
            else if (wish.Attributes.TryGetValue(column, out var attribute) && attribute.Type != other.Key.Values.First())
                yield return Diagnostic.Error(Codes.Unknown, $"`{column}` is {attribute.Type}, the key of {outrigger} is "
                    + $"{other.Key.Values.First()}", $"{path}.outriggers", "give them one type");
        }
    }

    static IEnumerable<Diagnostic> Fact(WarehouseSpec spec, string name, FactWish wish)
    {
        var path = $"{spec.Path}.facts.{name}";
        var columns = FactColumns.Of(spec, wish);
        foreach (var wrong in Names(path, [name, .. wish.Dates, .. wish.Degenerate.Keys, .. wish.References.Keys, .. wish.Measures.Keys]))
            yield return wrong;
        foreach (var twice in columns.GroupBy(static column => column.Name).Where(static group => group.Count() > 1))
            yield return Diagnostic.Error(Codes.Name, $"{name} would have two columns `{twice.Key}`", path, "give one another name");
        if (wish.Grain.Count == 0 || wish.Dates.Count == 0)
            yield return Diagnostic.Error(Codes.Empty, $"{name} needs a grain and a date", path,
                "say what one row is and when it happened");
        foreach (var column in wish.Grain.Where(column => columns.All(each => each.Name != column || each.Kind == ColumnKind.Measure)))
            yield return Diagnostic.Error(Codes.Grain, $"the grain of {name} names `{column}`, which is no column of it but a measure or "
                + "nothing", $"{path}.grain", $"there are {string.Join(", ", columns.Where(static each => each.Kind != ColumnKind.Measure)
                    .Select(static each => each.Name))}");
        foreach (var (role, reference) in wish.References)
        {
            if (!spec.Wanted.Dimensions.ContainsKey(reference.Dimension))
                yield return Missing(reference.Dimension, spec.Wanted.Dimensions.Keys, $"{path}.dimensions.{role}", "dimension");
            else if (spec.Wanted.Dimensions[reference.Dimension].Junk && reference.Missing != MissingMember.Unknown)
                yield return Diagnostic.Error(Codes.Empty, $"{reference.Dimension} is junk: loads make all its members, so none is missing",
                    $"{path}.dimensions.{role}.missing", "leave `missing` out");
            if (!wish.Dates.Contains(reference.At))
                yield return Missing(reference.At, wish.Dates, $"{path}.dimensions.{role}", "date");
        }
        foreach (var (measure, about) in wish.Measures.Where(static each => WarehouseTypes.IsFloating(each.Value.Type)))
            yield return Diagnostic.Error(Codes.Floating,
                $"the measure {measure} is {about.Type}: its sum would depend on the order of rows",
                $"{path}.measures.{measure}.type", "write numeric(p,s), or store cents as bigint");
        foreach (var (measure, about) in wish.Measures.Where(static each => !WarehouseTypes.IsNumber(each.Value.Type)))
            yield return Diagnostic.Error(Codes.Empty, $"the measure {measure} is {about.Type}, which is no number",
                $"{path}.measures.{measure}.type", "a text or a date belongs to `degenerate` or `dates`");
        if (wish.PartitionBy is { } by && !wish.Dates.Contains(by))
            yield return Missing(by, wish.Dates, $"{path}.partition_by", "date");
        else if (wish.PartitionBy is { } date && !wish.Grain.Contains(date))
            yield return Diagnostic.Error(Codes.Grain,
                $"{name} is partitioned by {date}, which its grain does not hold: PostgreSQL keeps a key "
                + "unique across partitions only if it holds the partition column", $"{path}.grain",
                $"write grain: [{string.Join(", ", wish.Grain.Append(date))}]; then one "
                + $"{string.Join(", ", wish.Grain)} could stand under two dates, which the proof of the grain looks for");
        if (wish.Every is not null && (wish is not { Kind: FactKind.Periodic, Dates: [var day, ..] } || !wish.Grain.Contains(day)))
            yield return Diagnostic.Error(Codes.Grain, wish.Kind != FactKind.Periodic
                ? $"{name} has periods, and is no periodic snapshot" : $"{name} has periods, and its first date is not in its grain",
                $"{path}.every", "write kind: periodic, and a grain of the date and the thing: grain: [stock_date, shop_id]");
        if (wish is { Kind: FactKind.Accumulating, PartitionBy: { } moving, Dates: [var first, ..] } && moving != first)
            yield return Diagnostic.Error(Codes.Grain, $"{name} is partitioned by {moving}, a milestone that is set later",
                $"{path}.partition_by", $"partition by {first}, which does not change");
    }

    static IEnumerable<Diagnostic> Names(string path, IEnumerable<string> names) =>
        from name in names.Distinct()
        where !WarehouseShapes.IsPlain(name) || Own.Contains(name)
        select Own.Contains(name)
            ? Diagnostic.Error(Codes.Name, $"`{name}` is a column that the warehouse makes itself", path, "give it another name")
            : Diagnostic.Error(Codes.Name, $"`{name}` is not a plain name", path, "small letters, digits and _, at most 28");

    internal static Diagnostic Missing(string name, IEnumerable<string> known, string path, string what)
    {
        var list = known.ToList();
        return Diagnostic.Error(Codes.Unknown, $"there is no {what} `{name}`", path, Suggestion.Nearest(name, list) is { } near
            ? $"did you mean `{near}`?" : list.Count == 0 ? $"declare it: no {what} is declared" : $"there are {string.Join(", ", list)}");
    }
}
