using Howdah.Engine.Proving;
using Howdah.Engine.Proving.Reports;
using Xunit;

namespace Howdah.Engine.Tests.Proving;

public sealed class What_is_ignored
{
    static readonly Proof Two = Proofs.Of(Proofs.Finding("TEN-A01", "store.orders"),
        Proofs.Finding("TEN-B02", "store.a and 2 more") with { Targets = ["store.a", "store.b", "store.c"] });

    static readonly Attack[] Catalogue =
        [Proofs.Attack("TEN-A01"), Proofs.Attack("TEN-B02"), Proofs.Attack("TEN-C03"), .. ProofAttacks.All];

    [Theory]
    [InlineData("TEN-A01 reason=old import, until=2027-03-31")]
    [InlineData("TEN-A01=old import,until=2027-03-31")]
    [InlineData("  TEN-A01   store.orders   reason=old import until=2027-03-31  ")]
    [InlineData("TEN-A01 \"store.orders\" reason=old import, until=2027-03-31")]
    [InlineData("# a comment\r\n\r\nTEN-A01 reason=old import, until=2026-11-24\r\n")]
    public void does_not_count_and_says_why_and_until_when(string text)
    {
        var proof = Apply(Two, text);
        Assert.StartsWith("old import (until 202", Assert.Single(proof.Ignored).Ignored, StringComparison.Ordinal);
        Assert.Equal("TEN-B02", Assert.Single(proof.Of(Verdict.Broken)).Attack.Id);
    }

    [Fact]
    public void for_one_target_still_counts_for_the_others()
    {
        var proof = Apply(Two, "TEN-B02 store.b reason=a, b and reason=c, until=2027-03-31");
        var ignored = Assert.Single(proof.Ignored);
        Assert.Equal(("store.b", "a, b and reason=c (until 2027-03-31)"), (ignored.Target, ignored.Ignored));
        Assert.Equal(["store.a", "store.c"], proof.Of(Verdict.Broken).Single(static each => each.Attack.Id == "TEN-B02").Targets);
    }

    [Theory]
    [InlineData("PRV-01", "TEN-A01")]
    [InlineData("PRV-01", "TEN-A01 until=2027-03-31")]
    [InlineData("PRV-01", "TEN-A01 reason=, until=2027-03-31")]
    [InlineData("PRV-01", "TEN-A01 reason=for ever")]
    [InlineData("PRV-01", "TEN-A01 reason=x, until=31.3.2027")]
    [InlineData("PRV-01", "TEN-A01 reason=x, until=2027-02-30")]
    [InlineData("PRV-01", "=x")]
    [InlineData("PRV-02", "TEN-A01 reason=x, until=2026-11-23")]
    [InlineData("PRV-03", "TEN-A01 store.order reason=x, until=2027-03-31")]
    [InlineData("PRV-03", "TEN-B02 store.a and 2 more reason=x, until=2027-03-31")]
    [InlineData("PRV-03", "TEN-X99 reason=x, until=2027-03-31")]
    public void badly_is_not_ignored_and_a_finding(string id, string line)
    {
        var proof = Apply(Two, "\n" + line);
        var about = proof.Of(Verdict.Broken).Single(static each => each.Pattern == ProofAttacks.Pattern);
        Assert.Equal((id, "howdah.ignore", 2), (about.Attack.Id, about.File, about.Line));
        Assert.NotNull(about.Fix);
        Assert.Empty(proof.Ignored);
        Assert.Equal(3, proof.Of(Verdict.Broken).Count);
    }

    [Fact]
    public void may_be_an_attack_that_was_not_made_this_time() =>
        Assert.Equal(2, Apply(Two, "TEN-C03 reason=x, until=2027-03-31").Findings.Count);

    [Fact]
    public void may_be_inconclusive_or_residual_but_never_held()
    {
        var proof = Proofs.Of(Proofs.Finding("TEN-A01", "t", Verdict.Inconclusive), Proofs.Finding("TEN-B02", "t", Verdict.Residual),
            Proofs.Finding("TEN-C03", "t", Verdict.Held));
        proof = Apply(proof, "TEN-A01=x,until=2027-03-31\nTEN-B02=x,until=2027-03-31\nTEN-C03=x,until=2027-03-31");
        Assert.Equal(2, proof.Ignored.Count);
        Assert.Equal("PRV-03", Assert.Single(proof.Of(Verdict.Broken)).Attack.Id);
    }

    [Fact]
    public void may_have_any_name()
    {
        foreach (var name in Proofs.Hostile.Where(static name => !name.Contains('\ud800')).Append("a reason=b, until=c"))
        {
            var proof = Proofs.Of(Proofs.Finding("TEN-A01", name));
            Assert.Single(Apply(proof, $"TEN-A01 {System.Text.Json.JsonSerializer.Serialize(name)} reason=x, until=2027-03-31").Ignored);
        }
        var quoted = Proofs.Of(Proofs.Finding("TEN-A01", "\"Store\".\"orders\""), Proofs.Finding("TEN-A01", "\"Mixed\""));
        Assert.Equal(2, Apply(quoted, "TEN-A01 \"Store\".\"orders\" reason=x, until=2027-03-31\n"
            + "TEN-A01 \"Mixed\" reason=x, until=2027-03-31").Ignored.Count);
    }

    static Proof Apply(Proof proof, string text) => Ignores.Apply(proof, "howdah.ignore", text, Catalogue);
}

public sealed class What_was_known
{
    static readonly Proof Former = Proofs.Of(
        Proofs.Finding("TEN-A01", "store.a and 1 more") with { Targets = ["store.a", "store.b"] }, Proofs.Finding("TEN-B02", "store.c"),
        Proofs.Finding("TEN-C03", "store.d", Verdict.Inconclusive), Proofs.Finding("TEN-D04", "store.e"),
        Proofs.Finding("TEN-E05", "store.f") with { Ignored = "x" });

    [Fact]
    public void does_not_count()
    {
        var proof = Baseline.Apply(Former, Former);
        Assert.Equal(4, proof.Known.Count);
        Assert.Empty(proof.Of(Verdict.Broken));
        Assert.Empty(proof.Of(Verdict.Inconclusive));
        Assert.Empty(proof.Gone);
        Assert.Equal(ProofData.Hash(Former), proof.Baseline);
    }

    [Fact]
    public void grows_by_what_is_new_and_tells_what_is_gone()
    {
        var proof = Baseline.Apply(Proofs.Of(
            Proofs.Finding("TEN-A01", "store.b and 1 more") with { Targets = ["store.b", "store.new"] },
            Proofs.Finding("TEN-B02", "store.c", Verdict.Held), Proofs.Finding("TEN-C03", "store.d"),
            Proofs.Finding("TEN-E05", "store.f")), Former);
        Assert.Equal([("TEN-A01", "store.new"), ("TEN-C03", "store.d")],
            proof.Of(Verdict.Broken).Select(static each => (each.Attack.Id, each.Target)));
        Assert.Equal([("TEN-A01", "store.b"), ("TEN-E05", "store.f")], proof.Known.Select(static each => (each.Attack.Id, each.Target)));
        Assert.Equal([("TEN-A01", "store.a"), ("TEN-B02", "store.c")], proof.Gone.Select(static gone => (gone.Id, gone.Target)));
        Assert.Contains(proof.Notes, static note => note.Contains("not tried this time: TEN-D04", StringComparison.Ordinal));
    }

    [Fact]
    public void and_could_not_be_tried_now_is_not_gone()
    {
        var proof = Baseline.Apply(Proofs.Of(Proofs.Finding("TEN-B02", "store.c", Verdict.Inconclusive)), Former);
        Assert.Single(proof.Of(Verdict.Inconclusive));
        Assert.Empty(proof.Gone);
    }

    [Fact]
    public void of_something_else_is_told() => Assert.Contains("The baseline is of superstore, and this is shop.",
        Baseline.Apply(Former with { Subject = "shop" }, Former).Notes);

    [Fact]
    public void must_not_have_been_edited()
    {
        var report = JsonReport.Write(Former).Replace("\"store.c\"", "\"store.x\"", StringComparison.Ordinal);
        Assert.Contains("changed after it was made", Assert.Throws<FormatException>(() => JsonReport.Read(report)).Message,
            StringComparison.Ordinal);
    }
}
