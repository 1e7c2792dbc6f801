using System.Text;
using System.Text.Json;

namespace Howdah.Engine.Proving.Reports;

/// <summary>Findings as programs read them: Howdah's own JSON and SARIF 2.1.0.</summary>
public static class JsonReport
{
    static readonly JsonWriterOptions Indented = new() { Indented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Howdah's own form: <c>findings</c> and how many held, broke, were inconclusive.</summary>
    public static string Write(IReadOnlyList<Finding> findings) => Document(json =>
    {
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("id", finding.Attack.Id);
            json.WriteString("pattern", finding.Pattern);
            json.WriteString("title", finding.Attack.Title);
            json.WriteString("target", finding.Target);
            json.WriteString("verdict", Word(finding.Verdict));
            json.WriteString("severity", Word(finding.Attack.Gravity));
            json.WriteString("evidence", finding.Evidence);
            json.WriteString("fix", finding.Fix);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        foreach (var verdict in Enum.GetValues<Verdict>())
            json.WriteNumber(Word(verdict), findings.Count(finding => finding.Verdict == verdict));
    });

    /// <summary>SARIF 2.1.0 (OASIS), as code-scanning tools take it: each attack a rule, each break an error, each inconclusive a
    /// note.</summary>
    public static string WriteSarif(IReadOnlyList<Finding> findings, string version) => Document(json =>
    {
        json.WriteString("version", "2.1.0");
        json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "howdah");
        json.WriteString("version", version);
        json.WriteStartArray("rules");
        foreach (var attack in findings.Select(finding => finding.Attack).DistinctBy(attack => attack.Id))
        {
            json.WriteStartObject();
            json.WriteString("id", attack.Id);
            json.WriteStartObject("shortDescription");
            json.WriteString("text", attack.Title);
            json.WriteEndObject();
            json.WriteStartObject("fullDescription");
            json.WriteString("text", attack.How);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("results");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("ruleId", finding.Attack.Id);
            json.WriteString("kind", finding.Verdict switch { Verdict.Held => "pass", Verdict.Broken => "fail", _ => "review" });
            json.WriteString("level", finding.Verdict == Verdict.Broken ? "error" : "none");
            json.WriteStartObject("message");
            json.WriteString("text", $"{finding.Target}: {finding.Evidence}{(finding.Fix is null ? "" : $" Fix: {finding.Fix}")}");
            json.WriteEndObject();
            json.WriteStartArray("locations");
            json.WriteStartObject();
            json.WriteStartArray("logicalLocations");
            json.WriteStartObject();
            json.WriteString("fullyQualifiedName", finding.Target);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    });

    internal static string Word(Enum value) => value.ToString().ToLowerInvariant();

    static string Document(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Indented))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
