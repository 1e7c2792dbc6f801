namespace Howdah.Patterns.Tests.Warehouse;

/// <summary>An event of a customer: days since 2020-01-01 for times, so that a failure is short to read.</summary>
sealed record CustomerEvent(string Key, int Day, int Version, char Operation, string Name, string Segment)
{
    internal string Row => $"('web', '{Key}', null::date, {(Operation == 'U' ? $"'{Name}', '{Segment}'" : "null, null")}, null::numeric, "
        + $"timestamptz '2020-01-01 00:00+00' + interval '{Day} days', {Version}, '{Operation}')";
}

/// <summary>What the history is, from first principles: looks at every key at every day there is an event, and joins what is the
/// same.</summary>
static class HistoryModel
{
    internal static string Of(IEnumerable<CustomerEvent> events)
    {
        var lines = new List<string>();
        foreach (var key in events.Distinct().GroupBy(static e => e.Key).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            // The word that holds for each day that something was said of: the highest version's; a retraction unsays the day.
            var days = key.GroupBy(static e => e.Day).Select(static day => day.MaxBy(static e => e.Version)!)
                .Where(static e => e.Operation != 'R').OrderBy(static e => e.Day).ToList();
            var name = days.LastOrDefault(static e => e.Operation == 'U')?.Name;
            (int? From, string Segment)? open = null;
            foreach (var (e, index) in days.Select(static (e, index) => (e, index)))
            {
                if (open is { } now && (e.Operation == 'D' || e.Segment != now.Segment))
                {
                    lines.Add(Line(now, e.Day));
                    open = null;
                }
                if (e.Operation == 'U' && open is null)
                    open = (index == 0 ? null : e.Day, e.Segment);
            }
            if (open is { } last)
                lines.Add(Line(last, null));

            string Line((int? From, string Segment) version, int? to) =>
                $"({key.Key},{name},{version.Segment},{version.From?.ToString() ?? "first"},{to?.ToString() ?? "open"})";
        }
        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }
}
