using System.Globalization;
using System.Net;
using System.Text;

namespace Howdah.Engine.Proving.Reports;

/// <summary>A proof as one self-contained page: no script, no font, no picture from elsewhere, fit for printing and for an auditor's
/// folder.</summary>
public static class HtmlReport
{
    /// <summary>Writes the page.</summary>
    public static string Write(Proof proof)
    {
        proof = proof.Sorted();
        var html = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
            // Nothing is loaded and nothing can run, whatever a name in the database tries.
            + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            + $"<title>Proof of {Text(proof.Subject)}</title>\n<style>\n{HtmlStyle.Css}\n</style></head>\n<body><main>\n");
        Head(html, proof);
        if (proof.Notes.Count > 0)
            List(html, "Read this first", "What limits the result.", proof.Notes);
        Cards(html, "Broken", "These attacks got through. The gravest comes first.", "broken", proof.Of(Verdict.Broken));
        Cards(html, "Inconclusive", "These could not be made; that is not to say that they would have been held off.", "inconclusive",
            proof.Of(Verdict.Inconclusive));
        Table(html, "Known from the baseline", "A former proof found these already. They are still open.", proof.Known, "what was seen",
            static finding => finding.Evidence);
        Table(html, "Ignored", "Somebody decided to live with these, for a reason and until a date.", proof.Ignored, "why",
            static finding => finding.Ignored!);
        if (proof.Gone.Count > 0)
            List(html, "Gone since the baseline", "Broken then, no longer now.",
                [.. proof.Gone.Select(static gone => $"{gone.Id} {gone.Title}: {gone.Target}")]);
        Cards(html, "Residual", "PostgreSQL itself cannot close these for a role that may run free SQL. Each says how to live with it.",
            "quiet", proof.Of(Verdict.Residual));
        Table(html, "Not run", "These cannot be undone or would disturb others, so they are made only where that is asked for.",
            proof.Of(Verdict.NotRun), "why", static finding => finding.Evidence);
        Held(html, proof.Of(Verdict.Held));
        html.Append("<p class=\"seal\">SHA-256 over all of the above: <code id=\"").Append(Seal.Hash).Append("\">")
            .Append(ProofData.Hash(proof)).Append("</code><br>Check this file with <code>howdah evidence verify FILE</code>; compare the "
                + "hash with one that was noted elsewhere when the proof was made.</p>\n");
        return html.Append("</main>\n<pre hidden id=\"").Append(Seal.Data).Append("\">").Append(ProofData.Write(proof))
            .Append("</pre>\n</body></html>\n").ToString();
    }

    static void Head(StringBuilder html, Proof proof)
    {
        var (broken, open) = (proof.Of(Verdict.Broken).Count, proof.Of(Verdict.Inconclusive).Count);
        var (style, words) = broken > 0 ? ("broken", broken == 1 ? "An attack got through." : $"{broken} attacks got through.")
            : open > 0 ? ("inconclusive", "Nothing got through, but some attacks could not be made.")
            : ("held", "Every attack was held off.");
        html.Append($"<h1>Proof of <bdi>{Text(proof.Subject)}</bdi></h1>\n<p class=\"verdict {style}\">{words}</p>\n<dl class=\"head\">\n");
        foreach (var (label, value) in (IEnumerable<(string, string?)>)
            [
                ("when", proof.At.UtcDateTime.ToString("d MMMM yyyy, HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)), ("by", proof.By),
                ("servers", string.Join(", ", proof.Servers)), ("tool", $"{proof.Tool}, catalogue of {proof.Catalogue}"),
                ("fingerprint", proof.Fingerprint), ("baseline", proof.Baseline),
            ])
        {
            if (!string.IsNullOrEmpty(value))
                html.Append($"<dt>{label}</dt><dd>{(label is "fingerprint" or "baseline" ? Code(value) : Text(value))}</dd>\n");
        }
        html.Append("</dl>\n<ul class=\"sum\">");
        foreach (var (count, word, tone) in (ReadOnlySpan<(int, string, string)>)
            [
                (broken, "broken", "broken"), (open, "inconclusive", "inconclusive"), (proof.Of(Verdict.Held).Count, "held", "held"),
                (proof.Of(Verdict.Residual).Count, "residual", "quiet"), (proof.Of(Verdict.NotRun).Count, "not run", "quiet"),
                (proof.Known.Count, "known", "quiet"), (proof.Ignored.Count, "ignored", "quiet"),
            ])
        {
            if (count > 0 || word is "broken" or "inconclusive" or "held")
                html.Append($"<li class=\"{(count == 0 ? "zero" : tone)}\"><b>{count}</b>{word}</li>");
        }
        html.Append("</ul>\n");
    }

    static void Cards(StringBuilder html, string title, string about, string tone, IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0)
            return;
        html.Append($"<h2>{title}</h2>\n<p>{about}</p>\n");
        foreach (var attack in findings.GroupBy(static finding => finding.Attack))
            Card(html, attack.Key, [.. attack], tone);
    }

    static void Card(StringBuilder html, Attack attack, IReadOnlyList<Finding> findings, string tone)
    {
        html.Append($"<article class=\"{tone}\"><header><span class=\"chip\">{ProofData.Word(attack.Gravity)}</span>"
            + $"<code class=\"id\">{Text(attack.Id)}</code><h3>{Text(attack.Title)}</h3></header>\n");
        if (attack.Why.Length > 0)
            html.Append($"<p>{Text(attack.Why)}</p>\n");
        // A file that all have in common is told once.
        var places = findings.Select(Place).Distinct().ToList();
        if (places is [{ } common])
            html.Append($"<p class=\"soft\">Declared at {Code(common)}</p>\n");
        foreach (var finding in findings)
            One(html, finding, places.Count > 1);
        html.Append($"<footer>How it is tried: {Text(attack.How)} Source: {Source(attack.Source)}.</footer></article>\n");
    }

    static string? Place(Finding finding) => finding.Line > 0 ? $"{finding.File}:{finding.Line}" : finding.File;

    static void One(StringBuilder html, Finding finding, bool place)
    {
        html.Append("<dl>");
        Row("where", finding.Targets.Count == 1 ? Code(finding.Targets[0])
            : $"<ul>{string.Concat(finding.Targets.Select(static target => $"<li>{Code(target)}</li>"))}</ul>");
        if (place && Place(finding) is { } told)
            Row("file", Code(told));
        if (finding.Statement is not null)
            Row("ran", $"<pre>{Block(finding.Statement)}</pre>");
        Row(finding.Verdict == Verdict.Broken ? "seen" : "since",
            Block(finding.Evidence).Replace("\n", "<br>", StringComparison.Ordinal));
        if (finding.Fix is not null)
            Row(finding.Verdict == Verdict.Residual ? "do" : "fix", $"<pre>{Block(finding.Fix)}</pre>");
        html.Append("</dl>\n");

        void Row(string label, string value) => html.Append($"<dt>{label}</dt><dd>{value}</dd>\n");
    }

    static void Table(StringBuilder html, string title, string about, IReadOnlyList<Finding> findings, string column,
        Func<Finding, string> told)
    {
        if (findings.Count == 0)
            return;
        html.Append($"<h2>{title}</h2>\n<p>{about}</p>\n<table><thead><tr><th>id</th><th>promise</th><th>where</th><th>{column}</th></tr>"
            + "</thead>\n<tbody>");
        foreach (var finding in findings)
            html.Append($"<tr><td class=\"id\"><code>{Text(finding.Attack.Id)}</code></td><td>{Text(finding.Attack.Title)}</td><td>"
                + $"{string.Join("<br>", finding.Targets.Select(Code))}</td><td>{Text(told(finding))}</td></tr>\n");
        html.Append("</tbody></table>\n");
    }

    static void Held(StringBuilder html, IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0)
            return;
        html.Append("<h2>Held</h2>\n<p>These attacks were made and did not get through.</p>\n");
        foreach (var pattern in findings.GroupBy(static finding => finding.Pattern))
        {
            html.Append($"<table><thead><tr><th colspan=\"2\">{Text(pattern.Key)}</th><th>severity</th><th>kind</th><th>where</th></tr>"
                + "</thead>\n<tbody>");
            foreach (var attack in pattern.GroupBy(static finding => finding.Attack).OrderBy(static each => each.Key.Id,
                StringComparer.Ordinal))
            {
                var targets = attack.SelectMany(static finding => finding.Targets).ToList();
                html.Append($"<tr><td class=\"id\"><code>{Text(attack.Key.Id)}</code></td><td>{Text(attack.Key.Title)}</td>"
                    + $"<td class=\"fit\">{ProofData.Word(attack.Key.Gravity)}</td><td class=\"fit\">"
                    + $"{(attack.Key.Live ? "live" : "catalog")}</td><td>{(targets.Count == 1 ? Code(targets[0])
                        : $"<details><summary>{targets.Count} targets</summary>{string.Join("<br>", targets.Select(Code))}</details>")}"
                    + "</td></tr>\n");
            }
            html.Append("</tbody></table>\n");
        }
    }

    static void List(StringBuilder html, string title, string about, IReadOnlyList<string> items)
    {
        html.Append($"<h2>{title}</h2>\n<p>{about}</p>\n<ul>\n");
        foreach (var item in items)
            html.Append($"<li>{Text(item)}</li>\n");
        html.Append("</ul>\n");
    }

    static string Source(string source) =>
        SarifReport.Link(source) is { } link && Uri.TryCreate(link, UriKind.Absolute, out _)
            ? $"<a href=\"{WebUtility.HtmlEncode(link)}\" rel=\"noreferrer\">{Text(source)}</a>" : Text(source);

    static string Code(string text) => $"<code>{Text(text)}</code>";

    static string Text(string text) => WebUtility.HtmlEncode(Visible.Line(text));

    static string Block(string text) => WebUtility.HtmlEncode(Visible.Block(text));
}
