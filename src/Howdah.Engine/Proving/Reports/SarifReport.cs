using System.Text.Json;

namespace Howdah.Engine.Proving.Reports;

/// <summary>A proof as SARIF 2.1.0 (OASIS), as code-scanning tools take it: each attack a rule, each finding a result.</summary>
public static class SarifReport
{
    /// <summary>Writes the document.</summary>
    public static string Write(Proof proof)
    {
        proof = proof.Sorted();
        return JsonReport.Document(json =>
        {
            json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            var rules = proof.Findings.Select(static finding => finding.Attack).DistinctBy(static attack => attack.Id).ToList();
            Tool(json, proof.Tool, rules);
            Invocation(json, proof);
            var numbers = rules.Index().ToDictionary(static each => each.Item.Id, static each => each.Index, StringComparer.Ordinal);
            json.WriteStartArray("results");
            foreach (var finding in proof.Findings)
                Result(json, finding, numbers[finding.Attack.Id], proof.Baseline is not null);
            json.WriteEndArray();
            json.WriteString("columnKind", "utf16CodeUnits");
            json.WriteStartObject("properties");
            json.WriteString("subject", proof.Subject);
            json.WriteString("catalogue", proof.Catalogue);
            json.WriteString("servers", string.Join(", ", proof.Servers));
            json.WriteString("fingerprint", proof.Fingerprint);
            json.WriteString("by", proof.By);
            json.WriteString("baseline", proof.Baseline);
            json.WriteString("gone", string.Join(", ", proof.Gone.Select(static gone => $"{gone.Id} {gone.Target}")));
            json.WriteString(Seal.Hash, ProofData.Hash(proof));
            json.WriteString(Seal.Data, ProofData.Write(proof));
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        });
    }

    static void Tool(Utf8JsonWriter json, string tool, IReadOnlyList<Attack> rules)
    {
        var words = tool.Split(' ', 2);
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", words[0]);
        json.WriteString("version", words[^1]);
        json.WriteStartArray("rules");
        foreach (var attack in rules)
            Rule(json, attack);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void Rule(Utf8JsonWriter json, Attack attack)
    {
        json.WriteStartObject();
        json.WriteString("id", attack.Id);
        Message(json, "shortDescription", attack.Title);
        Message(json, "fullDescription", attack.Why.Length > 0 ? attack.Why : attack.How);
        Message(json, "help", $"{attack.Title}. {attack.Why}{(attack.Why.Length > 0 ? " " : "")}How it is tried: {attack.How} "
            + $"Source: {attack.Source}.");
        if (Link(attack.Source) is { } link)
            json.WriteString("helpUri", link);
        json.WriteStartObject("defaultConfiguration");
        json.WriteString("level", Level(attack.Gravity));
        json.WriteEndObject();
        json.WriteStartObject("properties");
        json.WriteString("security-severity", attack.Gravity switch
        {
            Gravity.Critical => "9.5",
            Gravity.High => "8.0",
            Gravity.Medium => "5.5",
            _ => "3.0",
        });
        json.WriteString("precision", attack.Live ? "very-high" : "high");
        json.WriteStartArray("tags");
        json.WriteStringValue("security");
        json.WriteStringValue(attack.Live ? "live" : "catalog");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void Invocation(Utf8JsonWriter json, Proof proof)
    {
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", true);
        json.WriteString("endTimeUtc", ProofData.Time(proof.At));
        json.WriteString("account", proof.By);
        json.WriteStartArray("toolExecutionNotifications");
        foreach (var note in proof.Notes)
        {
            json.WriteStartObject();
            json.WriteString("level", "note");
            Message(json, "message", note);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    static void Result(Utf8JsonWriter json, Finding finding, int rule, bool compared)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Attack.Id);
        json.WriteNumber("ruleIndex", rule);
        json.WriteString("kind", finding.Verdict switch
        {
            Verdict.Held => "pass",
            Verdict.Broken => "fail",
            Verdict.Residual => "informational",
            Verdict.NotRun => "notApplicable",
            _ => "review",
        });
        json.WriteString("level", finding.Verdict == Verdict.Broken ? Level(finding.Attack.Gravity) : "none");
        Message(json, "message", $"{string.Join(", ", finding.Targets)}: {finding.Evidence}"
            + (finding.Statement is null ? "" : $"\nRan: {finding.Statement}") + (finding.Fix is null ? "" : $"\nFix: {finding.Fix}"));
        Locations(json, finding);
        json.WriteStartObject("partialFingerprints");
        json.WriteString("attackOnTarget/v1", ProofData.HashOf($"{finding.Attack.Id}\n{finding.Target}"));
        json.WriteEndObject();
        if (compared)
            json.WriteString("baselineState", finding.Known ? "unchanged" : "new");
        if (finding.Ignored is not null)
        {
            json.WriteStartArray("suppressions");
            json.WriteStartObject();
            json.WriteString("kind", "external");
            json.WriteString("status", "accepted");
            json.WriteString("justification", Visible.Block(finding.Ignored));
            json.WriteEndObject();
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    static void Locations(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartArray("locations");
        json.WriteStartObject();
        if (finding.File is { } file)
        {
            json.WriteStartObject("physicalLocation");
            json.WriteStartObject("artifactLocation");
            json.WriteString("uri", string.Join('/', file.Replace('\\', '/').Split('/').Select(Uri.EscapeDataString)));
            json.WriteEndObject();
            if (finding.Line > 0)
            {
                json.WriteStartObject("region");
                json.WriteNumber("startLine", finding.Line);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        json.WriteStartArray("logicalLocations");
        foreach (var target in finding.Targets)
        {
            json.WriteStartObject();
            json.WriteString("fullyQualifiedName", target);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    static void Message(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", Visible.Block(text));
        json.WriteEndObject();
    }

    static string Level(Gravity gravity) => gravity switch
    {
        Gravity.Critical or Gravity.High => "error",
        Gravity.Medium => "warning",
        _ => "note",
    };

    /// <summary>The page an attack is known from, where its source names one.</summary>
    internal static string? Link(string source)
    {
        var begin = source.IndexOf("https://", StringComparison.Ordinal);
        if (begin >= 0)
        {
            var rest = source[begin..];
            var end = rest.IndexOfAny([' ', ';', ',', ')', '>']);
            return end < 0 ? rest : rest[..end];
        }
        var cve = source.IndexOf("CVE-", StringComparison.Ordinal);
        if (cve < 0)
            return null;
        var id = new string([.. source[cve..].TakeWhile(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')]);
        return $"https://www.postgresql.org/support/security/{id}/";
    }
}
