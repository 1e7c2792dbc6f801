using System.Globalization;
using System.Text;

namespace Howdah.Cli.Output;

/// <summary>A row of a chart.</summary>
/// <param name="Label">What is measured.</param>
/// <param name="Value">The number as the server writes it; null for NULL.</param>
sealed record Bar(string Label, string? Value);

/// <summary>Bars of block elements, an eighth of a column fine: label, number, bar. Negative ones grow to
/// the left of a common line.</summary>
static class BarChart
{
    const string Eighths = "▏▎▍▌▋▊▉█";

    /// <summary>Draws it.</summary>
    /// <param name="title">What the numbers are.</param>
    /// <param name="bars">The rows.</param>
    /// <param name="more">How many further rows are not drawn.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="colors">Whether bars are painted.</param>
    internal static string Write(string title, IReadOnlyList<Bar> bars, long more, int width, bool colors)
    {
        var text = new StringBuilder();
        if (bars.Count == 0)
            return "(0 rows)\n";
        var values = bars.Select(static bar => Number(bar.Value)).ToList();
        var labels = bars.Select(static bar => Wrapping.Clean(bar.Label)).ToList();
        var longest = Math.Min(Math.Max(labels.Max(static label => label.Length), 1), Math.Max(width / 3, 8));
        var digits = Math.Max(bars.Max(static bar => (bar.Value ?? "NULL").Length), title.Length);
        var room = Math.Max(width - longest - digits - 5, 8);
        var most = Math.Max(values.Where(static value => !double.IsNaN(value)).DefaultIfEmpty(0).Max(), 0);
        var least = Math.Min(values.Where(static value => !double.IsNaN(value)).DefaultIfEmpty(0).Min(), 0);
        var span = most - least;
        // Both sides get their share; a side that has something is never without a column.
        var left = span <= 0 || least >= 0 ? 0 : Math.Clamp((int)Math.Round(room * (-least / span)), 1, most > 0 ? room - 1 : room);
        text.Append(new string(' ', longest)).Append("  ").Append(title.PadLeft(digits)).Append('\n');
        for (var i = 0; i < bars.Count; i++)
        {
            var (value, label) = (values[i], Terminal.Fit(labels[i], longest).PadRight(longest));
            var drawn = double.IsNaN(value) || value == 0 ? ""
                : value > 0 ? Right(value / most * (room - left)) : Left(value / least * left);
            var before = value < 0 ? left - drawn.Length : left;
            text.Append(label).Append("  ").Append((bars[i].Value ?? "NULL").PadLeft(digits)).Append("  ").Append(' ', before)
                .Append(drawn.Length == 0 ? "" : Terminal.Paint(drawn, value < 0 ? "31" : "36", colors));
            // Nothing that cannot be seen is left at the end of a line.
            while (text[^1] == ' ')
                text.Length--;
            text.Append('\n');
        }
        if (more > 0)
            text.Append(CultureInfo.InvariantCulture, $"… and {more} more {(more == 1 ? "row" : "rows")}; LIMIT or --format csv\n");
        return text.ToString();
    }

    static string Right(double columns)
    {
        var eighths = Math.Max((int)Math.Round(columns * 8), 1);
        return new string('█', eighths / 8) + (eighths % 8 == 0 ? "" : Eighths[(eighths % 8) - 1].ToString());
    }

    // There are no blocks that grow from the right but the half: ▐.
    static string Left(double columns)
    {
        var halves = Math.Max((int)Math.Round(columns * 2), 1);
        return (halves % 2 == 0 ? "" : "▐") + new string('█', halves / 2);
    }

    // For its length only: the number itself is shown as the server wrote it.
    static double Number(string? value) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number) ? number : double.NaN;
}
