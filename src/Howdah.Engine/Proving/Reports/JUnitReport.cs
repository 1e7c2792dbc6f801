using System.Globalization;
using System.Text;
using System.Xml;

namespace Howdah.Engine.Proving.Reports;

/// <summary>Findings as JUnit XML: each a test case, a break a failure, an inconclusive one skipped with its reason.</summary>
public static class JUnitReport
{
    /// <summary>Writes the document.</summary>
    public static string Write(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new() { Indent = true, OmitXmlDeclaration = true }))
        {
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", "howdah prove");
            xml.WriteAttributeString("tests", Number(findings.Count));
            xml.WriteAttributeString("failures", Number(findings.Count(finding => finding.Verdict == Verdict.Broken)));
            xml.WriteAttributeString("skipped", Number(findings.Count(finding => finding.Verdict == Verdict.Inconclusive)));
            foreach (var finding in findings)
            {
                xml.WriteStartElement("testcase");
                xml.WriteAttributeString("classname", $"{finding.Pattern}.{finding.Attack.Id}");
                xml.WriteAttributeString("name", $"{finding.Attack.Title} ({finding.Target})");
                if (finding.Verdict != Verdict.Held)
                {
                    xml.WriteStartElement(finding.Verdict == Verdict.Broken ? "failure" : "skipped");
                    xml.WriteAttributeString("message", finding.Evidence);
                    xml.WriteString(finding.Fix ?? "");
                    xml.WriteEndElement();
                }
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{text}\n";
    }

    static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}
