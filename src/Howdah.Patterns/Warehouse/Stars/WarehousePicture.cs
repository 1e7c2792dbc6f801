using System.Globalization;
using System.Text;

namespace Howdah.Patterns.Warehouse;

/// <summary>
/// The stars of a warehouse as one SVG: each fact in the middle, a line from each of its references to the dimension and of its groups to
/// the bridge, branches outwards.
/// The same for the same file; letters of one width, so that boxes fit them wherever they are drawn.
/// </summary>
static class WarehousePicture
{
    const int Row = 20, Head = 30, Gap = 26, Between = 64, Edge = 24;
    const double Letter = 7.3;

    sealed record Line(string Left, string Right, bool Key = false, bool Quiet = false);

    sealed record Box(string Title, string Kind, IReadOnlyList<Line> Lines)
    {
        internal double Width { get; } = Math.Ceiling(Lines.Select(static line => line.Left.Length + line.Right.Length + 3)
            .Append(Title.Length + Kind.Length + 4).Max() * Letter) + 24;
        internal double Height => Head + Lines.Count * Row + 10;
        internal double X { get; set; }
        internal double Y { get; set; }
    }

    // A dimension with what it leads to; From is the line of the box before that leads to it.
    sealed record Branch(Box Box, IReadOnlyList<int> From, IReadOnlyList<Branch> Next)
    {
        internal double Height => Math.Max(Box.Height, Next.Sum(static each => each.Height) + Gap * Math.Max(0, Next.Count - 1));
    }

    internal static string Draw(WarehouseWish wanted)
    {
        var body = new StringBuilder();
        double width = 0, y = Edge;
        foreach (var (name, fact) in wanted.Facts)
        {
            var (right, bottom) = Star(body, wanted, name, fact, y);
            (width, y) = (Math.Max(width, right), bottom + Gap * 2);
        }
        Text(body, Edge, y - Gap + 6, "quiet",
            "● grain or natural key   Σ adds up   a change: 0 is refused, 1 overwrites, 2 begins a version");
        return string.Create(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{width + Edge:0}} {{y:0}}" width="{{width + Edge:0}}" height="{{y:0}}"
              role="img">
            <title>{{Escape($"warehouse {wanted.Schema}")}}</title>
            <style>
            svg { --page: #ffffff; --box: #ffffff; --ink: #1f2328; --quiet: #656d76; --rim: #d0d7de; --fact: #0a5ab4;
              --dimension: #57606a; --line: #8c959f }
            @media (prefers-color-scheme: dark) { svg { --page: #0d1117; --box: #161b22; --ink: #e6edf3; --quiet: #9198a1; --rim: #30363d;
              --fact: #1f6feb; --dimension: #484f58; --line: #6e7681 } }
            text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: var(--ink) }
            .head { font-weight: 700; fill: #ffffff } .kind { fill: #ffffff; fill-opacity: .75 } .key { font-weight: 700 }
            .quiet { fill: var(--quiet) }
            .end { text-anchor: end } .page { fill: var(--page) } .box { fill: var(--box); stroke: var(--rim) }
            .fact { fill: var(--fact) } .dimension { fill: var(--dimension) } .line { fill: none; stroke: var(--line); stroke-width: 1.5 }
            .dot { fill: var(--line) }
            </style>
            <rect class="page" width="100%" height="100%" rx="8"/>

            """) + body + "</svg>\n";
    }

    static (double Right, double Bottom) Star(StringBuilder body, WarehouseWish wanted, string name, FactWish fact, double top)
    {
        var (box, from) = Fact(wanted, name, fact);
        var branches = from.Select(each => new Branch(each.Value.Box, each.Value.From, Outriggers(wanted, each.Key, [each.Key]))).ToList();
        var (left, right) = (new List<Branch>(), new List<Branch>());
        // The tallest first, each to the side that is shorter: no side hangs over much.
        foreach (var branch in branches.OrderByDescending(static each => each.Next.Count > 0).ThenByDescending(static each => each.Height))
            (Tall(right) <= Tall(left) ? right : left).Add(branch);
        // From top to bottom as the lines of the fact, so that none crosses another of its side.
        left.Sort(static (one, other) => one.From[0].CompareTo(other.From[0]));
        right.Sort(static (one, other) => one.From[0].CompareTo(other.From[0]));
        var height = Math.Max(box.Height, Math.Max(Tall(left), Tall(right)));
        var leftmost = Edge + Span(left);
        (box.X, box.Y) = (leftmost + (left.Count > 0 ? Between : 0), top + (height - box.Height) / 2);
        var lines = new StringBuilder();
        Place(body, lines, box, left, box.X, top + (height - Tall(left)) / 2, -1);
        var end = Place(body, lines, box, right, box.X + box.Width, top + (height - Tall(right)) / 2, 1);
        Frame(body, box, "fact");
        body.Append(lines);
        var bottom = top + height;
        foreach (var (rollup, about) in wanted.Rollups.Where(each => each.Value.Fact == name))
        {
            bottom += Row;
            Text(body, Edge, bottom + 4, "quiet", $"rollup {rollup}: {string.Join(", ", about.By.Prepend(about.Every))}");
        }
        return (Math.Max(end, box.X + box.Width), bottom);
    }

    static double Tall(IReadOnlyList<Branch> side) => side.Sum(static each => each.Height) + Gap * Math.Max(0, side.Count - 1);

    static double Span(IReadOnlyList<Branch> side) => side.Count == 0 ? 0
        : side.Max(static each => each.Box.Width + (each.Next.Count == 0 ? 0 : Between + Span(each.Next)));

    // Boxes of one side stand in columns: their near sides at one line.
    static double Place(StringBuilder body, StringBuilder lines, Box from, IReadOnlyList<Branch> side, double edge, double top, int way)
    {
        var end = edge;
        foreach (var branch in side)
        {
            var box = branch.Box;
            box.X = way > 0 ? edge + Between : edge - Between - box.Width;
            box.Y = top + (branch.Height - box.Height) / 2;
            foreach (var line in branch.From)
                Curve(lines, edge, from.Y + Head + line * Row + 15, way > 0 ? box.X : box.X + box.Width, box.Y + Head / 2.0, way);
            var far = way > 0 ? box.X + box.Width : box.X;
            end = Math.Max(end, Math.Max(far, Place(body, lines, box, branch.Next, far,
                top + (branch.Height - Tall(branch.Next)) / 2, way)));
            Frame(body, box, "dimension");
            top += branch.Height + Gap;
        }
        return end;
    }

    static void Curve(StringBuilder body, double x, double y, double toX, double toY, int way) => body.Append(CultureInfo.InvariantCulture,
        $"<path class=\"line\" d=\"M{x:0.#} {y:0.#}C{x + way * Between / 2.0:0.#} {y:0.#} {toX - way * Between / 2.0:0.#} {toY:0.#} ")
        .Append(CultureInfo.InvariantCulture, $"{toX:0.#} {toY:0.#}\"/><circle class=\"dot\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"3\"/>\n");

    static (Box Box, Dictionary<string, (Box Box, List<int> From)> Dimensions) Fact(WarehouseWish wanted, string name, FactWish fact)
    {
        var lines = new List<Line>();
        var dimensions = new Dictionary<string, (Box Box, List<int> From)>();
        void Refer(string dimension, Func<Box> make)
        {
            if (!dimensions.TryGetValue(dimension, out var known))
                dimensions.Add(dimension, known = (make(), []));
            known.From.Add(lines.Count - 1);
        }
        foreach (var date in fact.Dates)
        {
            lines.Add(new(date, "date", fact.Grain.Contains(date)));
            if (wanted.Calendar is { } calendar)
                Refer("calendar", () => new("calendar", "days", [new("day", "date", true), new("ISO week, month, quarter", ""),
                    new("fiscal year",
                        calendar.Weeks is { } weeks ? $"of weeks, {weeks.Pattern}"
                            : $"from {CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(calendar.FiscalStart)}"),
                    new("holidays, weekends", "")]));
        }
        foreach (var (role, reference) in fact.References)
        {
            lines.Add(new(role == reference.Dimension ? role : $"{role} ({reference.Dimension})", $"as of {reference.At}",
                wanted.Dimensions[reference.Dimension].Key.Keys.Any(fact.Grain.Contains)));
            Refer(reference.Dimension, () => Dimension(reference.Dimension, wanted.Dimensions[reference.Dimension]));
        }
        foreach (var (column, type) in fact.Degenerate)
            lines.Add(new(column, type, fact.Grain.Contains(column)));
        foreach (var bridge in fact.Bridges)
        {
            foreach (var (column, type) in wanted.Bridges[bridge].Group)
            {
                if (lines.TrueForAll(line => line.Left != column))
                    lines.Add(new(column, type, fact.Grain.Contains(column)));
            }
            var from = lines.FindIndex(line => line.Left == wanted.Bridges[bridge].Group.Keys.First());
            dimensions.Add(bridge, (Bridge(bridge, wanted.Bridges[bridge]), [from]));
        }
        foreach (var (measure, about) in fact.Measures)
            lines.Add(new(measure, about.Type + (about.Additivity switch
            {
                Additivity.Additive => " Σ",
                Additivity.SemiAdditive => " Σ but over time",
                _ => "",
            })));
        return (new(name, fact.Kind switch
        {
            FactKind.Periodic => "states",
            FactKind.Accumulating => "on their way",
            _ => "fact",
        }, lines), dimensions);
    }

    static Box Dimension(string name, DimensionWish wish) => new(name, wish.Junk ? "flags" : "dimension",
        [.. wish.Key.Select(static each => new Line(each.Key, each.Value, true)), .. wish.Attributes.Select(static each =>
            new Line(each.Key, $"{each.Value.Type} {(int)each.Value.Change}"))]);

    static Box Bridge(string name, BridgeWish wish) => new(name, "bridge",
        [.. wish.Group.Select(static each => new Line(each.Key, each.Value, true)), new(wish.Dimension, "member"),
            new("weight", "share of 1")]);

    // What a dimension or a bridge leads to.
    static List<Branch> Outriggers(WarehouseWish wanted, string dimension, IReadOnlyList<string> seen)
    {
        if (wanted.Bridges.TryGetValue(dimension, out var bridge))
            return [new(Dimension(bridge.Dimension, wanted.Dimensions[bridge.Dimension]), [bridge.Group.Count],
                Outriggers(wanted, bridge.Dimension, [.. seen, bridge.Dimension]))];
        if (!wanted.Dimensions.TryGetValue(dimension, out var wish))
            return [];
        var lines = wish.Key.Keys.Concat(wish.Attributes.Keys).ToList();
        return [.. wish.Outriggers.Where(each => !seen.Contains(each.Value)).Select(each => new Branch(Dimension(each.Value,
            wanted.Dimensions[each.Value]), [lines.IndexOf(each.Key)], Outriggers(wanted, each.Value, [.. seen, each.Value])))];
    }

    static void Frame(StringBuilder body, Box box, string kind)
    {
        body.Append(CultureInfo.InvariantCulture, $"<rect class=\"box\" x=\"{box.X:0.#}\" y=\"{box.Y:0.#}\" width=\"{box.Width:0.#}\" ")
            .Append(CultureInfo.InvariantCulture, $"height=\"{box.Height:0.#}\" rx=\"6\"/>\n")
            .Append(CultureInfo.InvariantCulture, $"<path class=\"{kind}\" d=\"M{box.X:0.#} {box.Y + Head:0.#}v-{Head - 6}a6 6 0 0 1 6 -6h")
            .Append(CultureInfo.InvariantCulture, $"{box.Width - 12:0.#}a6 6 0 0 1 6 6v{Head - 6}z\"/>\n");
        Text(body, box.X + 12, box.Y + 20, "head", box.Title);
        Text(body, box.X + box.Width - 12, box.Y + 20, "kind end", box.Kind);
        for (var i = 0; i < box.Lines.Count; i++)
        {
            var (line, y) = (box.Lines[i], box.Y + Head + i * Row + 19);
            Text(body, box.X + 12, y, line.Key ? "key" : "", (line.Key ? "● " : "") + line.Left);
            if (line.Right.Length > 0)
                Text(body, box.X + box.Width - 12, y, "quiet end", line.Right);
        }
    }

    static void Text(StringBuilder body, double x, double y, string style, string text) => body
        .Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\"")
        .Append(style.Length > 0 ? $" class=\"{style}\"" : "").Append($" xml:space=\"preserve\">{Escape(text)}</text>\n");

    // What XML does not allow at all is left out.
    static string Escape(string text) => string.Concat(text.Where(static letter => letter >= ' ' && letter is not ('\uFFFE' or '\uFFFF'))
        .Select(static letter => letter switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '"' => "&quot;", _ => $"{letter}" }));
}
