using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Howdah.Engine.Proving.Reports;

/// <summary>Howdah's own JSON: everything of a proof, for programs, for the console, and as a baseline of later proofs.</summary>
public static class JsonReport
{
    static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the document: <c>findings</c>, <c>residual</c>, <c>not_run</c>, <c>known</c>, <c>ignored</c>, how many held, broke,
    /// were inconclusive, and <c>sha256</c> over the canonical text.</summary>
    public static string Write(Proof proof)
    {
        proof = proof.Sorted();
        return Document(json =>
        {
            ProofData.WriteBody(json, proof, static (json, finding) =>
            {
                json.WriteString("id", finding.Attack.Id);
                json.WriteString("title", finding.Attack.Title);
                json.WriteString("severity", ProofData.Word(finding.Attack.Gravity));
                json.WriteString("why", finding.Attack.Why);
            });
            foreach (var verdict in (Verdict[])[Verdict.Held, Verdict.Broken, Verdict.Inconclusive])
                json.WriteNumber(ProofData.Word(verdict), proof.Of(verdict).Count);
            json.WriteString("sha256", ProofData.Hash(proof));
        });
    }

    /// <summary>Reads the data of a proof back from any report that carries them: JSON, JUnit, SARIF, HTML.</summary>
    /// <exception cref="FormatException">There are none, or they do not fit the hash beside them.</exception>
    public static Proof Read(string report) => Seal.Open(report).Proof;

    internal static string Document(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Indented))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return Plain(Encoding.UTF8.GetString(stream.ToArray())) + "\n";
    }

    /// <summary>Escapes what the relaxed encoder leaves: marks that hide, or turn the direction of what is shown. They stand in strings
    /// only.</summary>
    static string Plain(string json)
    {
        var text = new StringBuilder(json.Length);
        foreach (var rune in json.EnumerateRunes())
        {
            if (rune.Value is '\n' || rune.IsAscii || !Visible.IsHidden(rune))
            {
                text.Append(rune);
                continue;
            }
            foreach (var unit in rune.ToString())
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
        }
        return text.ToString();
    }
}
