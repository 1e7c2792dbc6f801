using System.Net;
using System.Text;

namespace Howdah.Engine.Proving.Reports;

/// <summary>Findings as one self-contained page: no script, no font, no picture from elsewhere, fit for printing and for an auditor's
/// folder.</summary>
public static class HtmlReport
{
    const string Style =
        """
        :root { color-scheme: light dark; --held: #1a7f4b; --broken: #c62828; --inconclusive: #a66a00; --line: #8884; }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
        .sum { display: flex; gap: 1rem; margin: 1rem 0 2rem; }
        .sum div { flex: 1; border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
        .sum b { display: block; font-size: 1.8rem; } table { border-collapse: collapse; width: 100%; }
        td, th { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); }
        code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
        .held { color: var(--held); } .broken { color: var(--broken); font-weight: 600; }
        .inconclusive { color: var(--inconclusive); } .id { white-space: nowrap; }
        details > summary { cursor: pointer; } .fix { margin-top: .25rem; }
        """;

    /// <summary>Writes the page.</summary>
    /// <param name="findings">The findings.</param>
    /// <param name="estate">The estate's name.</param>
    /// <param name="version">The tool's version.</param>
    public static string Write(IReadOnlyList<Finding> findings, string estate, string version)
    {
        var html = new StringBuilder($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Proof of "
            + $"{Text(estate)}</title>\n"
            + $"<meta name=\"viewport\" content=\"width=device-width\"><style>{Style}</style></head><body>\n<h1>Proof of "
                + $"{Text(estate)}</h1>\n"
            + $"<p>Made by howdah {Text(version)}: attacks through real logins, all rolled back.</p>\n<div class=\"sum\">");
        foreach (var verdict in Enum.GetValues<Verdict>())
            html.Append($"<div class=\"{JsonReport.Word(verdict)}\"><b>"
                + $"{findings.Count(finding => finding.Verdict == verdict)}</b>{JsonReport.Word(verdict)}</div>");
        html.Append("</div>\n");
        foreach (var pattern in findings.GroupBy(finding => finding.Pattern))
        {
            html.Append($"<h2>{Text(pattern.Key)}</h2>\n<table>\n");
            foreach (var attack in pattern.GroupBy(finding => finding.Attack.Id))
                Attack(html, [.. attack]);
            html.Append("</table>\n");
        }
        return html.Append("</body></html>\n").ToString();
    }

    static void Attack(StringBuilder html, IReadOnlyList<Finding> findings)
    {
        var worst = findings.Select(finding => finding.Verdict)
            .MaxBy(verdict => verdict switch { Verdict.Broken => 2, Verdict.Inconclusive => 1, _ => 0 });
        var about = findings[0].Attack;
        html.Append($"<tr><td class=\"id\"><code>{about.Id}</code></td><td "
            + $"class=\"{JsonReport.Word(worst)}\">{JsonReport.Word(worst)}</td><td>"
            + $"<details{(worst == Verdict.Held ? "" : " open")}><summary>{Text(about.Title)} ({JsonReport.Word(about.Gravity)}, "
                + $"{(about.Live ? "live" : "catalog")}, {findings.Count} target{(findings.Count == 1 ? "" : "s")})</summary>"
            + $"<p>{Text(about.How)} <small>Source: {Text(about.Source)}</small></p>");
        foreach (var finding in findings)
        {
            html.Append($"<div><span class=\"{JsonReport.Word(finding.Verdict)}\">{JsonReport.Word(finding.Verdict)}</span> "
                + $"<code>{Text(finding.Target)}</code>: <code>{Text(finding.Evidence)}</code>");
            if (finding.Fix is not null)
                html.Append($"<div class=\"fix\">Fix: <code>{Text(finding.Fix)}</code></div>");
            html.Append("</div>");
        }
        html.Append("</details></td></tr>\n");
    }

    static string Text(string text) => WebUtility.HtmlEncode(text);
}
