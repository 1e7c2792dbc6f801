using CsCheck;
using Howdah.Engine.Proving;
using Howdah.Engine.Proving.Reports;

namespace Howdah.Engine.Tests.Proving;

/// <summary>Proofs for tests: one with everything in it, and random ones with the worst of names.</summary>
static class Proofs
{
    internal const string Tool = "howdah 0.1.0";

    /// <summary>What a name in a database may be: 63 bytes, quotes, line breaks, marks that turn writing, markup, terminal escapes.
    /// </summary>
    internal static readonly string[] Hostile =
    [
        "it's \"quoted\"", "two\nlines\r\nand a\ttab", "evil\u202Etxt.exe", "\u200F\u2066right\u2069", "<script>alert(1)</script>",
        "</pre></code>&amp;<!--", "]]>", "\u001b[2J\u001b[31mred", "bell\a\0nul", new string('x', 63), new string('é', 31), "🐘🐘",
        "lone\ud800",
        "zero\u200Bwidth\uFEFF", "\u2028\u0085", "{0}[link](1)", "\\u0041", "%3Cb%3E", "' onload='x", "\uFFFE\uFFFF",
    ];

    internal static Attack Attack(string id, Gravity gravity = Gravity.Critical) => new(id, $"The promise of {id}", gravity, true,
        "Tries it; a row is a break.", "https://www.postgresql.org/docs/current/ddl-rowsecurity.html; CVE-2019-10130", "Others read it.");

    internal static Finding Finding(string id, string target, Verdict verdict = Verdict.Broken, Gravity gravity = Gravity.Critical) =>
        new(Attack(id, gravity), "tenancy", target, verdict, "3 rows that it may not see",
            verdict == Verdict.Broken ? "ALTER TABLE t FORCE ROW LEVEL SECURITY;" : null);

    internal static Proof Of(params Finding[] findings) =>
        new("superstore", findings, Tool, "58 attacks, 9f5abf9c2ac0", ["127.0.0.1:5432 PostgreSQL 18.1"], "9efa16", "howdah_admin",
            new(2026, 11, 24, 10, 58, 31, TimeSpan.Zero), []);

    /// <summary>Every verdict, ignored, known and gone.</summary>
    internal static Proof Full(string name = "store.orders") => Of(
        Finding("TEN-B02", name, gravity: Gravity.High) with { Statement = $"select * from {name}", File = $"dir/{name}.sql", Line = 7 },
        Finding("TEN-A01", name) with { Targets = [name, "store.customers"] }, Finding("TEN-A03", name, Verdict.Held),
        Finding("TEN-A04", name, Verdict.Inconclusive), Finding("TEN-D07", name, Verdict.Residual, Gravity.Low) with { Fix = name },
        Finding("TEN-C06", name, Verdict.NotRun), Finding("TEN-E01", name) with { Known = true },
        Finding("TEN-E02", name) with { Ignored = $"{name} (until 2027-03-31)" })
        with { Notes = [$"about {name}"], Gone = [new("TEN-A09", "Gone", name)], Baseline = "094bc6", Subject = name, By = name };

    static readonly Gen<string> Name = Gen.OneOf(OneOf(Hostile), Gen.String);

    internal static readonly Gen<Proof> Any = Gen.Select(Gen.Select(Name, Name, Name, Gen.Enum<Verdict>(), Gen.Int[0, 5]).Array[0, 4], Name)
        .Select(static (findings, name) => Full(name) with
        {
            Findings = [.. findings.Select(static each => Finding($"TEN-{each.Item1}", each.Item2, each.Item4) with
            {
                Evidence = each.Item3, Targets = [each.Item2, each.Item1], Known = each.Item5 == 1, Line = each.Item5,
                Ignored = each.Item5 == 2 ? each.Item3 : null, File = each.Item5 == 3 ? each.Item2 : null,
                Statement = each.Item5 == 4 ? each.Item3 : null,
            })],
        });

    internal static Gen<string> OneOf(string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    internal static ReportFormat[] Formats { get; } = Enum.GetValues<ReportFormat>();
}
