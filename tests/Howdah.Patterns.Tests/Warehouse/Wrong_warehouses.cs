using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Testing;
using Xunit;
using Codes = Howdah.Patterns.Warehouse.Codes;

namespace Howdah.Patterns.Tests.Warehouse;

/// <summary>Every mistake in a warehouse gets its sentence, its place and what to do.</summary>
public sealed class Wrong_warehouses
{
    public static TheoryData<string, string, string, string> Mistakes => new()
    {
        { "readers: [analyst]", "schema: public", Codes.Schema, "needs a schema of its own" },
        { "readers: [analyst]", "zone: Mars/Olympus", Codes.Unknown, "no time zone" },
        { "from: 2020-01-01", "from: 2020-13-01", Codes.Calendar, "is not a day" },
        { "from: 2020-01-01", "from: 2040-01-01", Codes.Calendar, "ends before it begins" },
        { "fiscal_start: 7", "fiscal_start: 7, fiscal_weeks: { month: 1 }", Codes.Calendar, "is made of weeks" },
        { "fiscal_start: 7", "holidays: none.csv", Codes.Calendar, "no file none.csv" },
        { "key: { source: text, customer_id: text }", "key: { valid_from: text }", Codes.Name, "makes itself" },
        { "key: { source: text, customer_id: text }", "key: {}", Codes.Empty, "no natural key" },
        { "roles: [payer]", "roles: [sales]", Codes.Name, "stands for two things" },
        { "outriggers: { region: region }", "outriggers: { regio: region }", Codes.Unknown, "no attribute" },
        { "outriggers: { region: region }", "outriggers: { region: regoin }", Codes.Unknown, "no dimension" },
        { "outriggers: { region: region }", "outriggers: { region: customer }", Codes.Grain, "cannot be an outrigger" },
        { "grain: [order_id, line]", "grain: [order_id, lines]", Codes.Grain, "no column of it" },
        { "grain: [order_id, line]", "grain: [amount]", Codes.Grain, "a measure or nothing" },
        { "dimensions: { customer: customer, shop", "dimensions: { customer: custmer, shop", Codes.Unknown, "no dimension `custmer`" },
        { "at: ship_date", "at: shipped", Codes.Unknown, "no date" },
        { "amount: { type: \"numeric(12,4)\" }", "amount: { type: float8 }", Codes.Floating, "order of rows" },
        { "amount: { type: \"numeric(12,4)\" }", "amount: { type: text }", Codes.Empty, "no number" },
        { "grain: [click_id, day]", "grain: [click_id]", Codes.Grain, "which its grain does not hold" },
        { "dates: [sent, arrived]", "dates: [sent, arrived]\n          partition_by: arrived", Codes.Grain,
            "which its grain does not hold" },
        { "grain: [delivery_id]", "grain: [delivery_id, arrived]\n          partition_by: arrived", Codes.Grain,
            "a milestone that is set later" },
        { "measures: { clicks: sum }, tail", "measures: { click: sum }, tail", Codes.Unknown, "no measure" },
        { "junk: true,", "junk: true, complete: {},", Codes.Empty, "nobody copies them" },
        { "kind: periodic\n", "kind: transaction\n", Codes.Grain, "is no periodic snapshot" },
        { "grain: [stock_date, shop_id]", "grain: [shop_id]", Codes.Grain, "its first date is not in its grain" },
        { "rollups:", "rollups:\n        stock_sum: { fact: stock, date: stock_date, measures: { pieces: sum } }", Codes.Additivity,
            "semi-additive: a balance" },
        { "measures: { clicks: sum }, tail", "measures: { clicks: sum }, timeout: 40000m, tail", Engine.Files.Codes.WrongType,
            "at most 24d" },
        { "price: max", "price: sum", Codes.Additivity, "a sum of ratios" },
        { "customer.segment, ", "customer.segmnt, ", Codes.Unknown, "no attribute" },
        { "group: { crew: text }, dimension: worker", "group: { crew: text }, dimension: wroker", Codes.Unknown, "no dimension" },
        { "group: { crew: text }, dimension: worker", "group: { crew: text }, dimension: flags", Codes.Empty, "is junk" },
        { "group: { crew: text }, dimension: worker", "group: {}, dimension: worker", Codes.Empty, "what tells its groups" },
        { "group: { crew: text }, dimension: worker", "group: { worker: text }, dimension: worker", Codes.Name, "two columns `worker`" },
        { "crew: { group: { crew: text }", "crew: { group: { crew: integer }", Codes.Unknown, "no column `crew` of type integer" },
        { "crew: text }, bridges: [crew]", "crew: text }, bridges: [crwe]", Codes.Unknown, "no bridge `crwe`" },
        { "crew: text }, bridges: [crew]", "crew: text, crew_sk: text }, bridges: [crew]", Codes.Name, "which crew adds to it" },
        { "date: order_date", "date: oder_date", Codes.Unknown, "no date" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Are_told(string right, string wrong, string code, string says)
    {
        Assert.Contains(right, Star.Yaml, StringComparison.Ordinal);
        using var folder = new TempFolder();
        folder.Write("estate.yaml", Star.Yaml.Replace("SERVERS", "servers: { main: { connection: \"${env:HOME}\" } }",
            StringComparison.Ordinal)
            .Replace(right, wrong, StringComparison.Ordinal));
        var told = new EstateEngine(Builtin.All).Load(folder.Path).Diagnostics;
        // A wrong type says in its sentence what is wanted.
        Assert.True(told.Any(each => each.Code == code && each.Severity == Severity.Error && each.Message.Contains(says,
            StringComparison.Ordinal) && (each.Hint is not null || code == Engine.Files.Codes.WrongType)), string.Join('\n', told));
    }
}
