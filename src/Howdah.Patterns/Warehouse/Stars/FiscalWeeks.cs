using System.Globalization;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>
/// A fiscal year of whole weeks: 52 of them, or 53, since a year is a day or two longer. Quarters have 13 weeks, in months as the pattern
/// says; week 53 belongs to the last month.
/// </summary>
/// <param name="Pattern">The weeks of a quarter's months, as 4-4-5.</param>
/// <param name="Weekday">The weekday on which the year ends, Monday being 1.</param>
/// <param name="Month">The month at whose end it ends.</param>
/// <param name="Nearest">Whether it ends on the weekday nearest to the month's end; else on the last one in the month.</param>
/// <param name="Begin">Whether a year is named by the calendar year before that in which its last month lies.</param>
sealed record FiscalWeeksWish(string Pattern, int Weekday, int Month, bool Nearest, bool Begin)
{
    internal static Shape<FiscalWeeksWish> Shape { get; } = Shapes.Object<FiscalWeeksWish>("fiscal weeks", keys =>
    {
        var pattern = keys.Optional("pattern", Shapes.Choice(("4-4-5", "4-4-5"), ("4-5-4", "4-5-4"), ("5-4-4", "5-4-4")), "4-4-5",
            "How many weeks the months of a quarter have.", "4-4-5");
        var day = keys.Optional("ends_on", Shapes.Choice([.. Enumerable.Range(1, 7).Select(static each =>
            (CultureInfo.InvariantCulture.DateTimeFormat.DayNames[each % 7].ToLowerInvariant(), $"{each}"))]), "6",
            "The weekday on which the year ends.", "saturday");
        var month = keys.Required("month", Shapes.Int(1, 12), "The month at whose end the year ends.", "1");
        var nearest = keys.Optional("choose", Shapes.Choice(("last", false), ("nearest", true)), false,
            "Which of these weekdays: the last of the month, or the one nearest to its end, which may lie in the next.", "last");
        var named = keys.Optional("named_by", Shapes.Choice(("end", false), ("begin", true)), false,
            "Whether the year has the number of the calendar year of its last month, or of the one before.", "end");
        return values => new(values.Get(pattern), int.Parse(values.Get(day), CultureInfo.InvariantCulture), values.Get(month),
            values.Get(nearest), values.Get(named));
    });

    /// <summary>The fiscal years that a calendar needs: <c>fiscal_year</c>, <c>begins</c>, <c>ends</c>.</summary>
    internal Sql Years(CalendarWish calendar)
    {
        var last = Sql.Of($"(pg_catalog.make_date(y, {Month}, 1) + interval '1 month' - interval '1 day')::date");
        var back = Sql.Of($"((extract(isodow from {last})::int4 - {Weekday} + 7) % 7)");
        var end = Nearest ? Sql.Of($"{last} - {back} + case when {back} > 3 then 7 else 0 end") : Sql.Of($"{last} - {back}");
        return Sql.Of($"""
            select n.y{(Begin ? Sql.Of($" - 1") : null)} as fiscal_year, pg_catalog.lag(n.ends) over (order by n.y) + 1 as begins, n.ends
            from (select y, {end} as ends from pg_catalog.generate_series(extract(year from {new Literal(calendar.From)}::date)::int4 - 2,
                    extract(year from {new Literal(calendar.To)}::date)::int4 + 2) y) n
            """);
    }

    /// <summary>The month of a fiscal year in which one of its weeks lies, both from 1 on.</summary>
    internal Sql MonthOf(Sql week)
    {
        var weeks = Pattern.Split('-').Select(static each => int.Parse(each, CultureInfo.InvariantCulture)).ToList();
        var inside = Sql.Of($"({week} - 1 - 13 * least(({week} - 1) / 13, 3))");
        return Sql.Of($"(3 * least(({week} - 1) / 13, 3) + case when {inside} < {weeks[0]} then 1 "
            + $"when {inside} < {weeks[0] + weeks[1]} then 2 else 3 end)");
    }

    /// <summary>What a calendar of fiscal weeks says wrong: a day of text each.</summary>
    internal Sql Wrong(QName calendar, CalendarWish wish) => Sql.Of($"""

        union all
        select c.day::pg_catalog.text from {calendar} c
        where not exists (select from ({Years(wish)}) y where c.day between y.begins and y.ends and c.fiscal_year = y.fiscal_year
          and c.fiscal_week = (c.day - y.begins) / 7 + 1)
          or c.fiscal_month <> {MonthOf(Sql.Of($"c.fiscal_week"))} or c.fiscal_quarter <> (c.fiscal_month - 1) / 3 + 1
        """);
}
