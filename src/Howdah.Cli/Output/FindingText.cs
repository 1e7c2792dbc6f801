using System.Text;
using Howdah.Engine.Proving;
using Howdah.Engine.Proving.Reports;

namespace Howdah.Cli.Output;

/// <summary>A proof as people read it: notes first, what broke in full and the gravest first, what held by the number.</summary>
sealed class FindingText
{
    const int Indent = 6, Label = 7;

    readonly StringBuilder text = new();
    readonly int width;
    readonly bool colors;

    FindingText(int width, bool colors) => (this.width, this.colors) = (width, colors);

    internal static string Write(Proof proof, int width, bool colors)
    {
        var writer = new FindingText(width, colors);
        writer.All(proof.Sorted());
        return writer.text.ToString();
    }

    /// <summary>One line: what held, broke, was inconclusive, and what else there is.</summary>
    internal static string Summary(Proof proof)
    {
        var more = new (int Count, string Word)[]
        {
            (proof.Known.Count, "known"), (proof.Ignored.Count, "ignored"), (proof.Of(Verdict.Residual).Count, "residual"),
            (proof.Of(Verdict.NotRun).Count, "not run"),
        };
        return $"Proof: {proof.Of(Verdict.Held).Count} held, {proof.Of(Verdict.Broken).Count} broken, "
            + $"{proof.Of(Verdict.Inconclusive).Count} inconclusive"
            + string.Concat(more.Where(static each => each.Count > 0).Select(static each => $", {each.Count} {each.Word}")) + ".";
    }

    void All(Proof proof)
    {
        Head(proof);
        foreach (var note in proof.Notes)
            Hang("  ! ", note, "33");
        Findings("Broken", "", "✗", "1;31", proof.Of(Verdict.Broken));
        Findings("Inconclusive", "could not be made, which is not to say held", "?", "33", proof.Of(Verdict.Inconclusive));
        Lines("Known from the baseline", "still open", proof.Known, static finding => finding.Evidence);
        Lines("Ignored", "somebody decided to live with these", proof.Ignored, static finding => finding.Ignored!);
        Section("Gone since the baseline", proof.Gone.Count, "");
        foreach (var gone in proof.Gone)
            Hang("  ✓ ", $"{gone.Id} {gone.Title}: {gone.Target}", "32");
        Findings("Residual", "PostgreSQL cannot close these for a role that may run free SQL", "·", "36", proof.Of(Verdict.Residual));
        Lines("Not run", "cannot be undone, so made only where that is asked for", proof.Of(Verdict.NotRun),
            static finding => finding.Evidence);
        Held(proof.Of(Verdict.Held));
        text.Append('\n');
        Wrap("", "", Summary(proof), "");
        text.Append($"SHA-256 {ProofData.Hash(proof)}\n");
    }

    void Head(Proof proof)
    {
        Wrap("", "", Visible.Line($"Proof of {proof.Subject}"), "1");
        Hang("  ", $"{ProofData.Time(proof.At)} by {proof.By} · {string.Join(", ", proof.Servers)}", "2");
        Hang("  ", $"{proof.Tool} · catalogue of {proof.Catalogue}"
            + (proof.Fingerprint is null ? "" : $" · fingerprint {proof.Fingerprint}"), "2");
    }

    void Findings(string title, string about, string mark, string style, IReadOnlyList<Finding> findings)
    {
        Section(title, findings.Count, about, style);
        foreach (var attack in findings.GroupBy(static finding => finding.Attack))
        {
            text.Append('\n');
            Hang($"  {mark} ", $"{attack.Key.Id} {ProofData.Word(attack.Key.Gravity)}: {attack.Key.Title}", style);
            Row("why", attack.Key.Why);
            // A file that all have in common is told once.
            var places = attack.Select(Place).Distinct().ToList();
            if (places.Count == 1)
                Row("file", places[0]);
            foreach (var finding in attack)
                One(finding, places.Count > 1);
        }
    }

    static string? Place(Finding finding) => finding.File is not { } file ? null
        : Visible.Line(finding.Line > 0 ? $"{file}:{finding.Line}" : file);

    void One(Finding finding, bool place)
    {
        Row("where", string.Join('\n', finding.Targets.Select(Visible.Line)));
        if (place)
            Row("file", Place(finding));
        Row("ran", finding.Statement, sql: true);
        Row(finding.Verdict == Verdict.Broken ? "seen" : "since", finding.Evidence);
        Row(finding.Verdict == Verdict.Residual ? "do" : "fix", finding.Fix, sql: true);
    }

    void Lines(string title, string about, IReadOnlyList<Finding> findings, Func<Finding, string> told)
    {
        Section(title, findings.Count, about);
        foreach (var finding in findings)
            Hang("  - ", $"{finding.Attack.Id} {string.Join(", ", finding.Targets)}: {told(finding)}");
    }

    void Held(IReadOnlyList<Finding> findings)
    {
        Section("Held", findings.Count, "made, and did not get through", "32");
        foreach (var pattern in findings.GroupBy(static finding => finding.Pattern).OrderBy(static each => each.Key,
            StringComparer.Ordinal))
        {
            var attacks = pattern.Select(static finding => finding.Attack.Id).Distinct().Count();
            var targets = pattern.Sum(static finding => finding.Targets.Count);
            Hang("  ✓ ", $"{pattern.Key}: {attacks} attack{(attacks == 1 ? "" : "s")} on {targets} target{(targets == 1 ? "" : "s")}",
                "32");
        }
    }

    void Section(string title, int count, string about, string style = "1")
    {
        if (count == 0)
            return;
        var head = $"{title} ({count})";
        text.Append('\n').Append(Terminal.Paint(head, style, colors));
        var fits = head.Length + 2 + about.Length <= width;
        text.Append(fits && about.Length > 0 ? Terminal.Paint($"  {about}", "2", colors) : "").Append('\n');
        if (!fits)
            Hang("  ", about, "2");
    }

    void Row(string label, string? told, bool sql = false)
    {
        if (string.IsNullOrEmpty(told))
            return;
        var plain = Visible.Block(told);
        var room = width - Indent - Label;
        var first = true;
        foreach (var line in sql ? Folding.Sql(plain, room) : Folding.Words(plain, room))
        {
            text.Append(' ', Indent).Append(Terminal.Paint((first ? label : "").PadRight(Label), "2", colors)).Append(line).Append('\n');
            first = false;
        }
    }

    /// <summary>A paragraph whose first line hangs out by its mark; the mark and nothing else is painted.</summary>
    void Hang(string mark, string told, string style = "") => Wrap(mark, new(' ', mark.Length), Visible.Line(told), style);

    void Wrap(string mark, string indent, string told, string style)
    {
        var first = true;
        foreach (var line in Folding.Words(told, width - mark.Length))
        {
            // A mark is painted alone; a paragraph without one is painted as a whole.
            var bare = mark.Trim().Length == 0;
            text.Append(first && !bare && style.Length > 0 ? Terminal.Paint(mark, style, colors) : first ? mark : indent)
                .Append(bare && style.Length > 0 ? Terminal.Paint(line, style, colors) : line).Append('\n');
            first = false;
        }
    }
}
