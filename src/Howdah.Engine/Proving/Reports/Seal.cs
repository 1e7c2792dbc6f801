using System.Text.Json;
using System.Xml;

namespace Howdah.Engine.Proving.Reports;

/// <summary>The forms a report is written in.</summary>
public enum ReportFormat
{
    /// <summary>Howdah's own JSON.</summary>
    Json,
    /// <summary>JUnit XML.</summary>
    JUnit,
    /// <summary>SARIF 2.1.0.</summary>
    Sarif,
    /// <summary>One HTML page.</summary>
    Html,
}

/// <summary>What a report carries: the data it was made from, and their hash.</summary>
/// <param name="Format">The form of the report.</param>
/// <param name="Proof">The data.</param>
/// <param name="Sha256">Their hash, taken anew.</param>
/// <param name="Claimed">The hash the report says.</param>
public sealed record Sealed(ReportFormat Format, Proof Proof, string Sha256, string Claimed);

/// <summary>Takes the data of a proof out of a report.</summary>
public static class Seal
{
    /// <summary>The name under which data and hash stand in JUnit and SARIF, and the id of the data in HTML.</summary>
    internal const string Data = "howdah-proof", Hash = "howdah-sha256";

    /// <summary>The report in a form.</summary>
    public static string Write(Proof proof, ReportFormat format) => format switch
    {
        ReportFormat.Json => JsonReport.Write(proof),
        ReportFormat.JUnit => JUnitReport.Write(proof),
        ReportFormat.Sarif => SarifReport.Write(proof),
        _ => HtmlReport.Write(proof),
    };

    /// <summary>Takes the data out of a report and sees that they fit the hash beside them.</summary>
    /// <exception cref="FormatException">It is no report of Howdah's, or its data were changed.</exception>
    public static Sealed Open(string report)
    {
        var found = Look(report);
        return found.Sha256 == found.Claimed ? found
            : throw new FormatException($"its data were changed after it was made: they hash to {found.Sha256}, and it says "
                + Visible.Line(found.Claimed));
    }

    /// <summary>Takes the data out of a report, whether they fit or not.</summary>
    /// <exception cref="FormatException">It is no report of Howdah's, or its data cannot be read.</exception>
    internal static Sealed Look(string report)
    {
        var (format, data, claimed) = report.AsSpan().TrimStart() switch
        {
            ['{', ..] => Json(report),
            ['<', '?', ..] => JUnit(report),
            ['<', ..] => Html(report),
            _ => throw new FormatException("not a report that carries its data: JSON, JUnit, SARIF and HTML do, text does not"),
        };
        var proof = ProofReader.Read(data);
        // Howdah's own JSON is read as a whole; the others carry the canonical text, and not a character may differ.
        var hash = ProofData.Hash(proof);
        if (format != ReportFormat.Json && ProofData.HashOf(data) != hash)
            throw new FormatException("the data it carries are not in the form howdah writes: they were changed after it was made");
        return new(format, proof, hash, claimed);
    }

    static (ReportFormat, string Data, string Claimed) Json(string report)
    {
        try
        {
            using var json = JsonDocument.Parse(report);
            if (!json.RootElement.TryGetProperty("runs", out var runs))
                return (ReportFormat.Json, report, json.RootElement.GetProperty("sha256").GetString() ?? "");
            var properties = runs[0].GetProperty("properties");
            return (ReportFormat.Sarif, properties.GetProperty(Data).GetString() ?? "", properties.GetProperty(Hash).GetString() ?? "");
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException
            or IndexOutOfRangeException)
        {
            throw new FormatException($"not a report of howdah's: {wrong.Message}", wrong);
        }
    }

    static (ReportFormat, string Data, string Claimed) JUnit(string report)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(report), new() { DtdProcessing = DtdProcessing.Prohibit });
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            while (reader.ReadToFollowing("property"))
                values.TryAdd(reader.GetAttribute("name") ?? "", reader.GetAttribute("value") ?? "");
            return (ReportFormat.JUnit, values[Data], values[Hash]);
        }
        catch (Exception wrong) when (wrong is XmlException or KeyNotFoundException)
        {
            throw new FormatException($"not a report of howdah's: {wrong.Message}", wrong);
        }
    }

    static (ReportFormat, string Data, string Claimed) Html(string report) =>
        (ReportFormat.Html, Between(report, $"<pre hidden id=\"{Data}\">", "</pre>"),
            Between(report, $"<code id=\"{Hash}\">", "</code>"));

    static string Between(string text, string begin, string end)
    {
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = from < 0 ? -1 : text.IndexOf(end, from, StringComparison.Ordinal);
        return to < 0 ? throw new FormatException("not a report of howdah's: a page without the data it was made from")
            : text[(from + begin.Length)..to];
    }
}
