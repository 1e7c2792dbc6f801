using Howdah.Cli.Output;
using Howdah.Engine.Proving;
using Howdah.Engine.Proving.Reports;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class What_a_proof_says
{
    static readonly string[] Names =
        ["store.orders", "two\nlines", "evil\u202Etxt", "\u001b[2J\u001b[31mred", "bell\a\0", new('x', 63), "a\tb", "\u2028\u009b31m"];

    [Theory, InlineData(60), InlineData(80), InlineData(200)]
    public void fits_the_terminal_and_hides_nothing(int width)
    {
        foreach (var name in Names)
        {
            var text = FindingText.Write(Full(name), width, colors: false);
            Assert.DoesNotContain(text.EnumerateRunes(), static rune => rune.Value != '\n' && (System.Text.Rune.IsControl(rune)
                || System.Text.Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.Format));
            // A word that is longer than a line stands whole, for copying; only names and hashes are.
            Assert.All(text.Split('\n'), line => Assert.True(line.Length <= width || !line.Trim()[8..].Trim().Contains(' '), line));
            Assert.DoesNotContain(text.Split('\n'), static line => line.EndsWith(' '));
        }
    }

    [Fact]
    public void tells_everything_once_and_the_gravest_first()
    {
        var text = FindingText.Write(Full("store.orders"), 100, colors: false);
        var order = new[]
        {
            "about store.orders", "Broken (2)", "TEN-A01 critical", "TEN-B02 low", "Inconclusive (1)", "Known from the baseline (1)",
            "Ignored (1)", "agreed (until 2027-03-31)", "Gone since the baseline (1)", "Residual (1)", "Not run (1)", "Held (1)",
            "Proof: 1 held, 2 broken, 1 inconclusive, 1 known, 1 ignored, 1 residual, 1 not run.",
        };
        var at = order.Select(part => text.IndexOf(part, StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(-1, at);
        Assert.Equal(at.Order(), at);
        Assert.EndsWith($"SHA-256 {ProofData.Hash(Full("store.orders"))}\n", text, StringComparison.Ordinal);
        foreach (var row in (string[])
            ["ran    select 1", "seen   3 rows", "why    Others read it.", "fix    ALTER TABLE t", "file   a.sql:7"])
            Assert.Contains(row, text, StringComparison.Ordinal);
    }

    [Fact]
    public void has_colors_only_when_asked()
    {
        Assert.Contains("\u001b[1;31m", FindingText.Write(Full("t"), 100, colors: true), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', FindingText.Write(Full("\u001b[31m"), 100, colors: false));
    }

    [Theory]
    [InlineData("SELECT a, b FROM some_table WHERE x = 'a long literal with blanks in it' AND y = 2;")]
    [InlineData("ALTER TABLE \"a name with many blanks in it that goes on\" ENABLE ROW LEVEL SECURITY; -- a comment that goes on and on")]
    public void never_breaks_SQL_where_it_would_mean_something_else(string sql)
    {
        var lines = Folding.Sql(sql, 30).ToList();
        Assert.True(lines.Count > 1);
        Assert.Equal(sql, string.Join(' ', lines.Select(static line => line.Trim())));
        Assert.DoesNotContain(lines, static line => line.Count(static each => each == '\'') % 2 == 1
            || line.Count(static each => each == '"') % 2 == 1);
        Assert.DoesNotContain(lines, static line => line.Trim().StartsWith("goes on", StringComparison.Ordinal));
    }

    static Proof Full(string name) => new("store", [
        Of("TEN-A03", name, Verdict.Held), Of("TEN-B02", name, Verdict.Broken, Gravity.Low),
        Of("TEN-A01", name, Verdict.Broken) with { Statement = "select 1", File = "a.sql", Line = 7 },
        Of("TEN-A04", name, Verdict.Inconclusive), Of("TEN-D07", name, Verdict.Residual), Of("TEN-C06", name, Verdict.NotRun),
        Of("TEN-E01", name, Verdict.Broken) with { Known = true },
        Of("TEN-E02", name, Verdict.Broken) with { Ignored = "agreed (until 2027-03-31)" },
        ], "howdah 0.1.0", "58 attacks, 9f5abf9c2ac0", ["127.0.0.1:5432 PostgreSQL 18.1"], null, "howdah_admin",
        new(2026, 11, 24, 10, 58, 31, TimeSpan.Zero), [$"about {name}"]) { Gone = [new("TEN-A09", "Gone", name)] };

    static Finding Of(string id, string target, Verdict verdict, Gravity gravity = Gravity.Critical) =>
        new(new(id, $"The promise of {id}", gravity, true, "Tries it.", "Howdah", "Others read it."), "tenancy", target, verdict,
            "3 rows that it may not see, and more words than will ever go into one line of a narrow terminal",
            "ALTER TABLE t FORCE ROW LEVEL SECURITY; ALTER TABLE t ENABLE ROW LEVEL SECURITY; REVOKE ALL ON TABLE t FROM PUBLIC;");
}
