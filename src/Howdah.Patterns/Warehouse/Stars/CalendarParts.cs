using System.Globalization;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>The calendar: one row a day, keyed by the date itself, and a view for each date of a fact.</summary>
static class CalendarParts
{
    static readonly (string Name, string Type)[] Columns =
    [
        ("day", "date"), ("iso_year", "integer"), ("iso_week", "integer"), ("iso_weekday", "integer"), ("year", "integer"),
        ("quarter", "integer"), ("month", "integer"), ("day_of_month", "integer"), ("day_of_year", "integer"), ("month_start", "date"),
        ("fiscal_year", "integer"), ("fiscal_quarter", "integer"), ("fiscal_month", "integer"), ("is_weekend", "boolean"), ("holiday",
            "text"),
    ];

    static (string Name, string Type)[] Of(CalendarWish wish) =>
        wish.Weeks is null ? Columns : [.. Columns, ("fiscal_week", "integer")];

    internal static IEnumerable<Part> For(WarehouseSpec spec, CalendarWish wish)
    {
        var columns = Of(wish);
        var table = new TableParts(spec, "calendar");
        yield return table.Table("one row a day", Sql.Of($"""
            create table {spec.Name("calendar")} (
              {Sql.Join(",\n  ", columns.Select(static column => Sql.Of($"{new Ident(column.Name)} {Part.Type(column.Type)}"
                  + $"{(column.Name == "day" ? Sql.Of($" primary key") : column.Name is "holiday" or "fiscal_week" ? null
                      : Sql.Of($" not null"))}")))}
            )
            """));
        foreach (var (name, type) in columns)
            yield return table.Column(name, type);
        yield return table.Comment("calendar: one row a day; the ISO year is the one that the ISO week belongs to, the fiscal year is "
            + "named by its end");
        yield return table.Grants();
        var parts = Routine.Procedure(spec, "fill_calendar", "", $"{wish.From} to {wish.To}", Fill(spec, wish), load: false).ToList();
        // A changed calendar is filled anew in the step that changes it.
        yield return parts[0] with { Sql = [.. parts[0].Sql, Sql.Of($"call {spec.Name("fill_calendar")}()")] };
        yield return parts[1];
        foreach (var date in spec.Wanted.Facts.Values.SelectMany(static fact => fact.Dates).Distinct().Order(StringComparer.Ordinal))
        {
            foreach (var part in Views.Of(spec, date, "calendar", [.. columns.Select(column =>
                (column.Name, column.Name == "day" ? date : $"{date}_{column.Name}"))], $"the calendar in the role of {date}"))
                yield return part;
        }
    }

    static Sql Fill(WarehouseSpec spec, CalendarWish wish)
    {
        var name = spec.Name("calendar");
        var holidays = wish.Holidays is { } file ? WarehouseValidation.Holidays(spec, file, out _) : null;
        var names = Sql.Join(", ", (holidays ?? new Dictionary<DateOnly, string>()).Select(static each =>
            Sql.Of($"({new Literal(each.Key.ToString("O", CultureInfo.InvariantCulture))}, {new Literal(each.Value)})"))
            .DefaultIfEmpty(Sql.Of($"(null, null)")));
        var shift = (13 - wish.FiscalStart) % 12;
        var fiscal = wish.Weeks?.MonthOf(Sql.Of($"d.week")) is { } month ? Sql.Of($"d.fiscal_year, ({month} - 1) / 3 + 1, {month}")
            : Sql.Of($"extract(year from d.fiscal), extract(quarter from d.fiscal), extract(month from d.fiscal)");
        var days = Sql.Of($"pg_catalog.generate_series({new Literal(wish.From)}::timestamp, {new Literal(wish.To)}, interval '1 day') g");
        var from = wish.Weeks is { } years
            ? Sql.Of($"""
                select g::date as day, y.fiscal_year, (g::date - y.begins) / 7 + 1 as week
                from {days} join ({years.Years(wish)}) y on g::date between y.begins and y.ends
                """)
            : Sql.Of($"select g::date as day, (pg_catalog.date_trunc('month', g) + interval '{shift} months')::date as fiscal from {days}");
        return Sql.Of($"""

            begin
              delete from {name};
              insert into {name} ({Part.List(Of(wish).Select(static column => column.Name))})
              select d.day, extract(isoyear from d.day), extract(week from d.day), extract(isodow from d.day), extract(year from d.day),
                     extract(quarter from d.day), extract(month from d.day), extract(day from d.day), extract(doy from d.day),
                     pg_catalog.date_trunc('month', d.day)::date, {fiscal},
                     extract(isodow from d.day) > 5, h.name{(wish.Weeks is null ? null : Sql.Of($", d.week"))}
              from ({from}) d
              left join (values {names}) h(day, name) on h.day::date = d.day;
            end

            """);
    }
}
