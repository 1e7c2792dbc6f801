using System.Xml;
using CsCheck;
using Howdah.Engine.Proving;
using Howdah.Engine.Proving.Reports;
using Xunit;

namespace Howdah.Engine.Tests.Proving;

public sealed class Any_report
{
    public static TheoryData<ReportFormat> Formats() => [.. Proofs.Formats];

    [Theory, MemberData(nameof(Formats))]
    public void untouched_is_as_it_was_made(ReportFormat format) => Proofs.Any.Sample(proof =>
    {
        var made = Verification.Of(Seal.Write(proof, format), Proofs.Tool, ProofData.Hash(proof).ToUpperInvariant());
        return made is { Whole: true, Differences.Count: 0, Sealed: not null } && made.Sealed.Format == format;
    }, iter: 100);

    [Theory, MemberData(nameof(Formats))]
    public void shows_any_character_that_was_changed_or_taken_out(ReportFormat format)
    {
        var report = Seal.Write(Proofs.Of(Proofs.Finding("TEN-A01", "store.orders")), format);
        for (var i = 0; i < report.Length; i++)
            Noticed(i % 2 == 0 ? report.Remove(i, 1) : $"{report[..i]}{(report[i] == 'x' ? 'y' : 'x')}{report[(i + 1)..]}", i);
    }

    [Theory, MemberData(nameof(Formats))]
    public void shows_any_change(ReportFormat format)
    {
        var report = Seal.Write(Proofs.Full("it's <b>\u202E"), format);
        Gen.Select(Gen.Int[0, report.Length], Gen.Int[0, 2], Gen.OneOf(Gen.String[1, 2], Proofs.OneOf([" ", "\n", "\"", "\0", "&", "0"])))
            .Where((at, cut, text) => at + cut <= report.Length && report.Substring(at, cut) != text)
            .Sample((at, cut, text) => Noticed(report[..at] + text + report[(at + cut)..], at), iter: 500);
    }

    [Theory, MemberData(nameof(Formats))]
    public void can_be_told_from_another_one(ReportFormat format)
    {
        var other = Seal.Write(Proofs.Of(Proofs.Finding("TEN-A01", "t", Verdict.Held)), format);
        Assert.Contains("not the report that was noted", Assert.Single(Verification.Of(other, Proofs.Tool,
            ProofData.Hash(Proofs.Full())).Differences), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Formats))]
    public void of_another_version_is_checked_by_its_data(ReportFormat format)
    {
        var report = Seal.Write(Proofs.Full(), format);
        Assert.True(Verification.Of(report, "howdah 9.9.9") is { Whole: false, Differences.Count: 0 });
        var changed = report.Replace("3 rows that it may", "0 rows that it may", StringComparison.Ordinal);
        Assert.NotEmpty(Verification.Of(changed, "howdah 9.9.9").Differences);
    }

    [Theory, InlineData(""), InlineData("{"), InlineData("{}"), InlineData("[1]"), InlineData("{\"runs\":[]}"), InlineData("<?xml"),
        InlineData("<html></html>"), InlineData("Proof: 3 held"), InlineData("{\"sha256\":7}")]
    public void that_is_none_is_told_so(string text) => Assert.Null(Verification.Of(text, Proofs.Tool).Sealed);

    [Fact]
    public void gives_its_data_back() => Proofs.Any.Sample(static proof =>
        Proofs.Formats.All(format => ProofData.Write(JsonReport.Read(Seal.Write(proof, format))) == ProofData.Write(proof)), iter: 100);

    [Fact]
    public void can_be_read_by_the_readers_of_its_kind() => Proofs.Any.Sample(static proof =>
    {
        using var json = System.Text.Json.JsonDocument.Parse(JsonReport.Write(proof));
        Assert.Equal(proof.Of(Verdict.Broken).Count, json.RootElement.GetProperty("broken").GetInt32());
        var junit = new XmlDocument { XmlResolver = null };
        junit.LoadXml(JUnitReport.Write(proof));
        Assert.Equal(proof.Findings.Count, junit.GetElementsByTagName("testcase").Count);
        Assert.Equal(proof.Of(Verdict.Broken).Count, junit.GetElementsByTagName("failure").Count);
    }, iter: 100);

    [Fact]
    public void shows_nothing_that_hides_or_runs()
    {
        foreach (var (name, format) in Proofs.Hostile.SelectMany(static name => Proofs.Formats.Select(format => (name, format))))
        {
            var report = Seal.Write(Proofs.Full(name), format);
            Assert.DoesNotContain(report.EnumerateRunes(), static rune => rune.Value != '\n' && Visible.IsHidden(rune));
            Assert.DoesNotContain("<script", format == ReportFormat.Html ? report : "", StringComparison.Ordinal);
            Assert.DoesNotContain(" onload='x", format == ReportFormat.Html ? report : "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void keeps_a_page_whole_whatever_the_names()
    {
        // The page parses as XML but for its head: nothing that a name holds opens or closes an element.
        foreach (var name in Proofs.Hostile)
        {
            var page = HtmlReport.Write(Proofs.Full(name));
            var body = page[page.IndexOf("<body>", StringComparison.Ordinal)..page.IndexOf("</html>", StringComparison.Ordinal)]
                .Replace("<br>", "<br/>", StringComparison.Ordinal).Replace("<pre hidden ", "<pre ", StringComparison.Ordinal);
            var parsed = new XmlDocument { XmlResolver = null };
            parsed.LoadXml(body);
            Assert.Equal(4, parsed.GetElementsByTagName("article").Count);
            Assert.Equal(0, parsed.GetElementsByTagName("script").Count);
        }
    }

    static void Noticed(string report, int at)
    {
        var made = Verification.Of(report, Proofs.Tool);
        Assert.True(made.Differences.Count > 0, $"a change at {at} went unseen: …"
            + Visible.Line(report[Math.Max(0, at - 20)..Math.Min(report.Length, at + 20)]));
        Assert.All(made.Differences, static said => Assert.DoesNotContain(said, char.IsControl));
    }
}
