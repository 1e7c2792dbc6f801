using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Howdah.Engine.Proving.Reports;

/// <summary>
/// A proof as data: one canonical JSON text, ASCII and safe inside HTML and XML, that every report carries and that the hash is taken over.
/// </summary>
public static class ProofData
{
    /// <summary>The canonical text: keys in a fixed order, no blanks, findings sorted.</summary>
    public static string Write(Proof proof)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Encoder = JavaScriptEncoder.Default }))
        {
            json.WriteStartObject();
            WriteBody(json, proof.Sorted(), static (_, _) => { });
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>SHA-256 over the canonical text, in hex.</summary>
    public static string Hash(Proof proof) => HashOf(Write(proof));

    internal static string HashOf(string canonical) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));

    /// <summary>Everything of a proof; <paramref name="also"/> adds keys to each finding that repeat what stands elsewhere.</summary>
    internal static void WriteBody(Utf8JsonWriter json, Proof proof, Action<Utf8JsonWriter, Finding> also)
    {
        json.WriteString("subject", proof.Subject);
        json.WriteString("tool", proof.Tool);
        json.WriteString("catalogue", proof.Catalogue);
        Strings(json, "servers", proof.Servers);
        json.WriteString("fingerprint", proof.Fingerprint);
        json.WriteString("by", proof.By);
        json.WriteString("at", Time(proof.At));
        json.WriteString("baseline", proof.Baseline);
        Strings(json, "notes", proof.Notes);
        var attacks = proof.Findings.Select(static finding => finding.Attack).Distinct().ToList();
        var numbers = attacks.Index().ToDictionary(static each => each.Item, static each => each.Index);
        foreach (var (name, verdicts) in Parts)
            WriteFindings(json, name, proof.Findings.Where(finding => finding.Counts && verdicts.Contains(finding.Verdict)), numbers, also);
        WriteFindings(json, "known", proof.Known, numbers, also);
        WriteFindings(json, "ignored", proof.Ignored, numbers, also);
        json.WriteStartArray("gone");
        foreach (var gone in proof.Gone)
        {
            json.WriteStartObject();
            json.WriteString("id", gone.Id);
            json.WriteString("title", gone.Title);
            json.WriteString("target", gone.Target);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("attacks");
        foreach (var attack in attacks)
            WriteAttack(json, attack);
        json.WriteEndArray();
    }

    /// <summary>Lists of findings that count, by key.</summary>
    internal static IReadOnlyList<(string Name, Verdict[] Verdicts)> Parts { get; } =
    [
        ("findings", [Verdict.Broken, Verdict.Inconclusive, Verdict.Held]), ("residual", [Verdict.Residual]), ("not_run", [Verdict.NotRun]),
    ];

    /// <summary>A moment as all reports write it: UTC, to the second.</summary>
    public static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The word for a verdict.</summary>
    public static string Word(Verdict verdict) => verdict == Verdict.NotRun ? "not run" : verdict.ToString().ToLowerInvariant();

    /// <summary>The word for a gravity.</summary>
    public static string Word(Gravity gravity) => gravity.ToString().ToLowerInvariant();

    static void WriteFindings(Utf8JsonWriter json, string name, IEnumerable<Finding> findings, Dictionary<Attack, int> attacks,
        Action<Utf8JsonWriter, Finding> also)
    {
        json.WriteStartArray(name);
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            also(json, finding);
            json.WriteNumber("attack", attacks[finding.Attack]);
            json.WriteString("pattern", finding.Pattern);
            json.WriteString("target", finding.Target);
            Strings(json, "targets", finding.Targets);
            json.WriteString("verdict", Word(finding.Verdict));
            json.WriteString("statement", finding.Statement);
            json.WriteString("evidence", finding.Evidence);
            json.WriteString("fix", finding.Fix);
            json.WriteString("file", finding.File);
            json.WriteNumber("line", finding.Line);
            json.WriteString("ignored", finding.Ignored);
            json.WriteBoolean("known", finding.Known);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static void WriteAttack(Utf8JsonWriter json, Attack attack)
    {
        json.WriteStartObject();
        json.WriteString("id", attack.Id);
        json.WriteString("title", attack.Title);
        json.WriteString("severity", Word(attack.Gravity));
        json.WriteString("kind", attack.Live ? "live" : "catalog");
        json.WriteString("how", attack.How);
        json.WriteString("source", attack.Source);
        json.WriteString("why", attack.Why);
        json.WriteEndObject();
    }

    static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
