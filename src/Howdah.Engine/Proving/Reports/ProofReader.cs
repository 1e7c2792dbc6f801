using System.Globalization;
using System.Text.Json;

namespace Howdah.Engine.Proving.Reports;

/// <summary>Reads a proof from its data.</summary>
static class ProofReader
{
    /// <summary>Reads the canonical text, or Howdah's own JSON report.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    internal static Proof Read(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return Read(json.RootElement);
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or IndexOutOfRangeException or ArgumentException)
        {
            throw new FormatException($"not the data of a proof: {wrong.Message}", wrong);
        }
    }

    static Proof Read(JsonElement json)
    {
        var attacks = json.GetProperty("attacks").EnumerateArray().Select(ReadAttack).ToArray();
        var parts = ProofData.Parts.Select(static part => part.Name).Concat(["known", "ignored"]);
        return new(
            Text(json, "subject"), [.. parts.SelectMany(part => json.GetProperty(part).EnumerateArray()
                .Select(finding => ReadFinding(finding, attacks)))],
            Text(json, "tool"), Text(json, "catalogue"), Texts(json, "servers"), Maybe(json, "fingerprint"), Text(json, "by"),
            DateTimeOffset.ParseExact(Text(json, "at"), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal), Texts(json, "notes"))
        {
            Baseline = Maybe(json, "baseline"),
            Gone = [.. json.GetProperty("gone").EnumerateArray()
                .Select(static gone => new Gone(Text(gone, "id"), Text(gone, "title"), Text(gone, "target")))],
        };
    }

    static Attack ReadAttack(JsonElement json) =>
        new(Text(json, "id"), Text(json, "title"), Enum.Parse<Gravity>(Title(Text(json, "severity"))), Text(json, "kind") == "live",
            Text(json, "how"), Text(json, "source"), Text(json, "why"));

    static Finding ReadFinding(JsonElement json, Attack[] attacks)
    {
        var attack = attacks[json.GetProperty("attack").GetInt32()];
        // Howdah's own JSON repeats these for its readers; a report that says two things is none.
        foreach (var (key, value) in (ReadOnlySpan<(string, string)>)
            [("id", attack.Id), ("title", attack.Title), ("severity", ProofData.Word(attack.Gravity)), ("why", attack.Why)])
        {
            if (json.TryGetProperty(key, out var repeated) && repeated.GetString() != value)
                throw new FormatException($"a finding of {attack.Id} says another {key} than its attack");
        }
        var verdict = Text(json, "verdict");
        return new(attack, Text(json, "pattern"), Text(json, "target"),
            verdict == ProofData.Word(Verdict.NotRun) ? Verdict.NotRun : Enum.Parse<Verdict>(Title(verdict)), Text(json, "evidence"),
            Maybe(json, "fix"))
        {
            Targets = Texts(json, "targets"),
            Statement = Maybe(json, "statement"),
            File = Maybe(json, "file"),
            Line = json.GetProperty("line").GetInt32(),
            Ignored = Maybe(json, "ignored"),
            Known = json.GetProperty("known").GetBoolean(),
        };
    }

    static string Title(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];

    static string Text(JsonElement json, string key) =>
        json.GetProperty(key).GetString() ?? throw new FormatException($"{key} must not be null");

    static string? Maybe(JsonElement json, string key) => json.GetProperty(key).GetString();

    static IReadOnlyList<string> Texts(JsonElement json, string key) =>
        [.. json.GetProperty(key).EnumerateArray().Select(static text => text.GetString() ?? "")];
}
