using System.Text.RegularExpressions;
using Howdah.Engine.Files;
using Howdah.Engine.Upkeep;

namespace Howdah.Patterns.Warehouse;

/// <summary>How a warehouse stands in the file.</summary>
static partial class WarehouseShapes
{
    static readonly Dictionary<string, string> None = [];

    // Short enough for the names that are made of it, and the same with and without quotes.
    static Shape<string> Plain { get; } = Shapes.Parsed("a plain name: small letters, digits and _, at most 28",
        static text => PlainName().IsMatch(text) ? text : null, "^[a-z_][a-z0-9_]{0,27}$");

    static Shape<string> Type { get; } = Shapes.Parsed(WarehouseTypes.Wants, WarehouseTypes.Parse);

    static Shape<ChangeKind> Change { get; } = Shapes.Choice(("0", ChangeKind.Keep), ("1", ChangeKind.Overwrite), ("2",
        ChangeKind.Version));

    static Shape<AttributeWish> Attribute { get; } = Shapes.Object<AttributeWish>("an attribute", keys =>
    {
        var type = keys.Optional("type", Type, "text", "Its type.", "text", "varchar(40)");
        var change = keys.Optional("change", Change, ChangeKind.Overwrite,
            "What a change does: 0 keeps the first value, 1 overwrites it in all versions, 2 begins a new version.", "1");
        var about = keys.Optional("about", Shapes.Text, "", "What it means, for the data dictionary.", example: "how the customer buys");
        return values => new(values.Get(type), values.Get(change), values.Get(about));
    });

    static Shape<CompleteWish> Complete { get; } = Shapes.Object<CompleteWish>("complete", keys =>
    {
        var most = keys.Optional("at_most", Shapes.Int(0, 100), 20,
            "Of a hundred members that were there, so many may be missing in a copy; one that lacks more is refused as a whole.", "20");
        return values => new(values.Get(most));
    });

    sealed record CompleteWish(int AtMost);

    static Shape<DimensionWish> Dimension { get; } = Shapes.Object<DimensionWish>("a dimension", keys =>
    {
        var key = keys.Required("key", Shapes.Map(Type), "The natural key: columns with their types.", "{ customer_id: text }");
        var attributes = keys.Optional("attributes", Shapes.Map(Attribute), new Dictionary<string, AttributeWish>(),
            "The attributes by name.", example: "{ segment: { change: 2 } }");
        var extend = keys.Optional("extend", Shapes.Bool, true,
            "Whether the first version reaches back, so that facts from before it find it; else they go to the unknown member.", "true");
        var junk = keys.Optional("junk", Shapes.Bool, false,
            "Whether it is the combinations of its key's columns that occur; loads of facts make its members.", "false");
        var not = keys.Optional("not_applicable", Shapes.Bool, false, "A member -2 for what does not apply, beside -1 for the unknown.",
            "false");
        var roles = keys.Optional<IReadOnlyList<string>>("roles", Shapes.List(Plain), [],
            "Views under which the dimension is used besides, with their columns named after them.", example: "[buyer, payer]");
        var outriggers = keys.Optional("outriggers", Shapes.Map(Plain), None,
            "Other dimensions that it leads to (a snowflake): the attribute that holds their natural key, and the dimension.",
            example: "{ region: region }");
        var complete = keys.Optional<CompleteWish?>("complete", Complete!, null,
            "Each load is a complete copy of the source, made at its effective_at: members that are missing in it were deleted by then.",
            example: "{ at_most: 20 }");
        var about = keys.Optional("about", Shapes.Text, "", "What it means, for the data dictionary.", example: "who buys");
        return values => new(values.Get(key), values.Get(attributes), values.Get(extend), values.Get(junk), values.Get(not),
            values.Get(roles), values.Get(outriggers), values.Get(about)) { Complete = values.Get(complete)?.AtMost };
    });

    static Shape<CalendarWish> Calendar { get; } = Shapes.Object<CalendarWish>("a calendar", keys =>
    {
        var from = keys.Required("from", Shapes.Text, "Its first day.", "2014-01-01");
        var to = keys.Required("to", Shapes.Text, "Its last day.", "2030-12-31");
        var fiscal = keys.Optional("fiscal_start", Shapes.Int(1, 12), 1,
            "The month in which the fiscal year begins; the year is named by its end.", "1");
        var holidays = keys.Optional<string?>("holidays", Shapes.Text!, null, "A CSV file with the header day,name.",
            example: "holidays.csv");
        var weeks = keys.Optional<FiscalWeeksWish?>("fiscal_weeks", FiscalWeeksWish.Shape!, null,
            "A fiscal year of 52 or 53 whole weeks, in place of `fiscal_start`.",
            example: "{ pattern: 4-4-5, ends_on: saturday, month: 9 }");
        return values => new(values.Get(from), values.Get(to), values.Get(fiscal), values.Get(holidays)) { Weeks = values.Get(weeks) };
    });

    static Shape<MeasureWish> Measure { get; } = Shapes.Object<MeasureWish>("a measure", keys =>
    {
        var type = keys.Required("type", Type, "Its type.", "numeric(12,4)");
        var additivity = keys.Optional("additivity", Shapes.Choice(("additive", Additivity.Additive),
            ("semi", Additivity.SemiAdditive), ("none", Additivity.NonAdditive)), Additivity.Additive,
            "Over what it may be summed: everything, everything but time (a balance), nothing (a ratio).", "additive");
        var about = keys.Optional("about", Shapes.Text, "", "What it means, for the data dictionary.", example: "net of discount");
        return values => new(values.Get(type), values.Get(additivity), values.Get(about));
    });

    static Shape<ReferenceWish> Reference { get; } = Shapes.Object<ReferenceWish>("a reference", keys =>
    {
        var dimension = keys.Required("dimension", Plain, "The dimension.", "customer");
        var at = keys.Optional("at", Plain, "", "The date of the fact by which its version is looked up; the first where left out.",
            example: "order_date");
        var missing = keys.Optional("missing", Shapes.Choice(("unknown", MissingMember.Unknown), ("infer", MissingMember.Infer),
            ("quarantine", MissingMember.Quarantine)), MissingMember.Unknown, "What becomes of a fact whose member is not known: it points "
            + "to the unknown one until the member comes, a member is inferred from its key, or the fact is refused.", "unknown");
        return values => new(values.Get(dimension), values.Get(at), values.Get(missing));
    });

    static Shape<BridgeWish> Bridge { get; } = Shapes.Object<BridgeWish>("a bridge", keys =>
    {
        var group = keys.Required("group", Shapes.Map(Type),
            "What tells a group of members: columns with their types, which facts have, too.", "{ crew: text }");
        var dimension = keys.Required("dimension", Plain, "Whose members stand in the groups.", "worker");
        var about = keys.Optional("about", Shapes.Text, "", "What it means, for the data dictionary.", example: "who worked together");
        return values => new(values.Get(group), values.Get(dimension), values.Get(about));
    });

    static Shape<FactWish> Fact { get; } = Shapes.Object<FactWish>("a fact", keys =>
    {
        var kind = keys.Optional("kind", Shapes.Choice(("transaction", FactKind.Transaction), ("periodic", FactKind.Periodic),
            ("accumulating", FactKind.Accumulating)), FactKind.Transaction,
            "What a row is: something that happened, a state at a regular time, or a thing on its way.", "transaction");
        var grain = keys.Required("grain", Shapes.List(Plain), "The columns that tell one row from every other.", "[order_id, line]");
        var dates = keys.Required("dates", Shapes.List(Plain), "Its dates, the first one first.", "[order_date, ship_date]");
        var degenerate = keys.Optional("degenerate", Shapes.Map(Type), None, "Columns of the source without a dimension.",
            example: "{ order_id: text, line: integer }");
        var dimensions = keys.Optional("dimensions", Shapes.Map(Shapes.ScalarOr(
            Shapes.Parsed<ReferenceWish>("a dimension's name", static text => new(text, "", MissingMember.Unknown)), Reference)),
            new Dictionary<string, ReferenceWish>(), "Dimensions by role.",
                example: "{ customer: { dimension: customer, at: order_date } }");
        var measures = keys.Optional("measures", Shapes.Map(Measure), new Dictionary<string, MeasureWish>(), "Measures by name.",
            example: "{ sales: { type: numeric(12,4) } }");
        var partition = keys.Optional<string?>("partition_by", Plain!, null,
            "The date by which the table is partitioned; its partitions are looked after elsewhere.", example: "order_date");
        var ordered = keys.Optional("ordered", Shapes.Bool, false,
            "Whether rows come in the order of their first date and stay: its index is then one by blocks, which is next to nothing.",
            "false");
        var foreign = keys.Optional("foreign_keys", Shapes.Bool, false,
            "Whether the server checks each reference of each row, too: loads look all up at once, and checking row by row is slow.",
            "false");
        var bridges = keys.Optional<IReadOnlyList<string>>("bridges", Shapes.List(Plain), [],
            "Bridges by which its measures are shared out among several members: a function FACT_by_BRIDGE for each.", example: "[crew]");
        var every = keys.Optional<string?>("every", Shapes.Choice<string?>(("day", "day"), ("week", "week"), ("month", "month"),
            ("quarter", "quarter"), ("year", "year")), null,
            "For a periodic fact: how far the rows of one thing are apart, which the proof looks at: none missing, none twice.",
            example: "month");
        var about = keys.Optional("about", Shapes.Text, "", "What it means, for the data dictionary.", example: "one line of an order");
        return values =>
        {
            var all = values.Get(dates);
            return new(values.Get(kind), values.Get(grain), all, values.Get(degenerate),
                values.Get(dimensions).ToDictionary(static each => each.Key, each => each.Value.At.Length > 0 || all.Count == 0 ? each.Value
                    : each.Value with { At = all[0] }),
                values.Get(measures), values.Get(partition), values.Get(ordered), values.Get(foreign), values.Get(about))
                { Bridges = values.Get(bridges), Every = values.Get(every) };
        };
    });

    static Shape<RollupWish> Rollup { get; } = Shapes.Object<RollupWish>("a rollup", keys =>
    {
        var fact = keys.Required("fact", Plain, "What is summed up.", "sales");
        var date = keys.Required("date", Plain, "The date its buckets are cut by.", "order_date");
        var every = keys.Optional("every", Shapes.Choice(("day", "day"), ("week", "week"), ("month", "month"), ("quarter", "quarter"),
            ("year", "year")), "month", "How long a bucket is.", "month");
        var by = keys.Optional<IReadOnlyList<string>>("by", Shapes.List(Shapes.Text), [],
            "What else tells buckets apart: columns of the fact, or role.attribute of its dimensions.", example: "[customer.segment]");
        var measures = keys.Required("measures", Shapes.Map(Shapes.Choice(("sum", "sum"), ("min", "min"), ("max", "max"))),
            "Measures of the fact, with sum, min or max; the count of rows is always there.", "{ sales: sum }");
        var tail = keys.Optional("tail", Shapes.Bool, false, "A view NAME_live that recomputes what is not refreshed yet.", "false");
        var refresh = keys.Optional("refresh", Interval.Shape, "5m", "How often `howdah serve` refreshes it.", "5m");
        var timeout = keys.Optional<string?>("timeout", Interval.Limit!, null,
            "How long a refresh by `howdah serve` or `howdah upkeep` may take; what takes longer is rolled back, has failed, and is tried "
            + "again.", example: "30m");
        var keep = keys.Optional("keep_retired", Shapes.Bool, false,
            "Whether facts stay counted that went with a retired partition; else its buckets leave the rollup.", "false");
        return values => new(values.Get(fact), values.Get(date), values.Get(every), values.Get(by), values.Get(measures),
            values.Get(tail), values.Get(keep))
        {
            Refresh = Interval.Parse(values.Get(refresh)), Timeout = values.Get(timeout) is { } span ? Interval.Parse(span) : null,
        };
    });

    internal static Section<WarehouseWish> Section { get; } = new(SectionScope.Database, WarehouseSpec.Key,
        "A warehouse: dimensions with their history, facts, rollups; with tables, procedures that load them, and proofs.",
        Shapes.Object<WarehouseWish>("a warehouse", keys =>
        {
            var schema = keys.Optional("schema", Plain, "dw", "Its schema, which is its own: not among `schemas`.", "dw");
            var zone = keys.Optional("zone", Shapes.Text, "UTC", "The time zone in which a date begins.", "UTC", "Europe/Madrid");
            var readers = keys.Optional<IReadOnlyList<string>>("readers", Shapes.List(Shapes.Ref("role")), [], "Roles that read all of it.",
                example: "[analyst]", sql: "GRANT SELECT ON t TO r");
            var loaders = keys.Optional<IReadOnlyList<string>>("loaders", Shapes.List(Shapes.Ref("role")), [],
                "Roles that load, through the procedures and in no other way.", example: "[etl]", sql: "GRANT EXECUTE ON PROCEDURE p TO r");
            var calendar = keys.Optional<CalendarWish?>("calendar", Calendar!, null, "The calendar, one row a day.",
                example: "{ from: 2014-01-01, to: 2030-12-31 }");
            var dimensions = keys.Optional("dimensions", Shapes.Map(Dimension), new Dictionary<string, DimensionWish>(),
                "Dimensions by name.", example: "{ customer: { key: { customer_id: text } } }");
            var bridges = keys.Optional("bridges", Shapes.Map(Bridge), new Dictionary<string, BridgeWish>(),
                "Bridges by name: for facts that are about several members of one dimension at once, each with its share.",
                example: "{ crew: { group: { crew: text }, dimension: worker } }");
            var facts = keys.Optional("facts", Shapes.Map(Fact), new Dictionary<string, FactWish>(), "Facts by name.",
                example: "{ sales: { grain: [line], dates: [day] } }");
            var rollups = keys.Optional("rollups", Shapes.Map(Rollup), new Dictionary<string, RollupWish>(), "Rollups by name.",
                example: "{ sales_by_month: { fact: sales, date: order_date, measures: { sales: sum } } }");
            return values => new(values.Get(schema), values.Get(zone), values.Get(readers), values.Get(loaders), values.Get(calendar),
                values.Get(dimensions), values.Get(facts), values.Get(rollups)) { Bridges = values.Get(bridges) };
        }));

    internal static bool IsPlain(string name) => PlainName().IsMatch(name);

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,27}$")]
    private static partial Regex PlainName();
}
