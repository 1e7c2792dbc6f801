using System.Globalization;
using System.Text;
using System.Xml;

namespace Howdah.Engine.Proving.Reports;

/// <summary>A proof as JUnit XML: each finding a test case, a break a failure, what could not or need not be tried skipped with its
/// reason.</summary>
public static class JUnitReport
{
    /// <summary>Writes the document.</summary>
    public static string Write(Proof proof)
    {
        proof = proof.Sorted();
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new() { Indent = true, OmitXmlDeclaration = true, NewLineChars = "\n" }))
        {
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", Visible.Line($"howdah proof of {proof.Subject}"));
            xml.WriteAttributeString("tests", Number(proof.Findings.Count));
            xml.WriteAttributeString("failures", Number(proof.Of(Verdict.Broken).Count));
            xml.WriteAttributeString("errors", "0");
            xml.WriteAttributeString("skipped", Number(proof.Findings.Count(static finding => Skipped(finding) is not null)));
            xml.WriteAttributeString("timestamp", ProofData.Time(proof.At)[..^1]);
            Properties(xml, proof);
            foreach (var finding in proof.Findings)
                Case(xml, finding);
            xml.WriteEndElement();
        }
        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{text}\n";
    }

    static void Properties(XmlWriter xml, Proof proof)
    {
        xml.WriteStartElement("properties");
        foreach (var (name, value) in (IEnumerable<(string, string)>)
            [
                ("tool", proof.Tool), ("catalogue", proof.Catalogue), .. proof.Servers.Select(static server => ("server", server)),
                ("fingerprint", proof.Fingerprint ?? ""), ("by", proof.By), ("at", ProofData.Time(proof.At)),
                .. proof.Notes.Select(static note => ("note", note)),
                .. proof.Gone.Select(static gone => ("gone", $"{gone.Id} {gone.Target}")),
                (Seal.Hash, ProofData.Hash(proof)), (Seal.Data, ProofData.Write(proof)),
            ])
        {
            xml.WriteStartElement("property");
            xml.WriteAttributeString("name", name);
            xml.WriteAttributeString("value", Visible.Line(value));
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    static void Case(XmlWriter xml, Finding finding)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Visible.Line($"{finding.Pattern}.{finding.Attack.Id}"));
        xml.WriteAttributeString("name", Visible.Line($"{finding.Attack.Title} ({finding.Target})"));
        if (finding.File is not null)
            xml.WriteAttributeString("file", Visible.Line(finding.File));
        if (finding is { File: not null, Line: > 0 })
            xml.WriteAttributeString("line", Number(finding.Line));
        if (Skipped(finding) is { } why)
        {
            xml.WriteStartElement("skipped");
            xml.WriteAttributeString("message", Visible.Line(why));
            xml.WriteEndElement();
        }
        else if (finding.Verdict == Verdict.Broken)
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("type", ProofData.Word(finding.Attack.Gravity));
            xml.WriteAttributeString("message", Visible.Line(finding.Evidence));
            xml.WriteString(Story(finding));
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    static string? Skipped(Finding finding) => finding switch
    {
        { Ignored: { } reason } => $"ignored: {reason}",
        { Known: true } => $"known from the baseline: {finding.Evidence}",
        { Verdict: Verdict.Inconclusive } => $"inconclusive: {finding.Evidence}",
        { Verdict: Verdict.Residual } => $"residual: {finding.Evidence}{(finding.Fix is null ? "" : $"; {finding.Fix}")}",
        { Verdict: Verdict.NotRun } => $"not run: {finding.Evidence}",
        _ => null,
    };

    static string Story(Finding finding)
    {
        var text = new StringBuilder("\n");
        foreach (var (label, told) in (ReadOnlySpan<(string, string?)>)
            [
                ("where", string.Join('\n', finding.Targets)), ("ran", finding.Statement), ("seen", finding.Evidence),
                ("why", finding.Attack.Why), ("fix", finding.Fix), ("how", finding.Attack.How), ("source", finding.Attack.Source),
            ])
        {
            if (!string.IsNullOrEmpty(told))
                text.Append($"{label}: {Visible.Block(told)}\n");
        }
        return text.ToString();
    }

    static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}
