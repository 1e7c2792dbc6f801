using Howdah.Engine.Proving;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>An estate's own proofs and the checker meet the same hole from two sides: it is told once.</summary>
public sealed class One_cause
{
    const string Apply = "howdah apply: it lays howdah_floor on store.user again";

    [Fact]
    public void Of_two_sides_is_told_once_with_the_better_evidence_and_the_place_in_the_file()
    {
        // The server quotes what is a keyword.
        var found = Found("TEN-A07", "isolation", "store.\"user\"", "no row-level security", "ALTER TABLE store.\"user\" ENABLE ROW LEVEL "
            + "SECURITY;") with { Statement = "select 1" };
        var merged = Assert.Single(OneCause.Merge(
        [
            Found("TEN-A07", "tenancy", "store", "\"store\".\"user\"", "howdah apply: it enables row-level security", live: false),
            Own("TEN-B01", "store.user as app"), Own("TEN-B05", "store.user as app"), found,
        ]));
        Assert.Equal(("TEN-A07", "select 1", "estate.yaml", 7), (merged.Attack.Id, merged.Statement, merged.File, merged.Line));
        Assert.StartsWith("howdah apply", merged.Fix, StringComparison.Ordinal);
        Assert.Contains("TEN-B01, TEN-B05", merged.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_causes_stay_two()
    {
        var merged = OneCause.Merge(
        [
            Found("TEN-A01", "isolation", "store.orders", "not forced", "ALTER TABLE store.orders FORCE ROW LEVEL SECURITY;"),
            Own("TEN-B01", "store.orders_old as app"), Found("ACC-R03", "roles", "server main as app", "CREATEDB", "howdah apply takes it"),
            Found("TEN-C06", "grants", "store.orders as app", "truncate", "REVOKE TRUNCATE ON store.orders FROM app"),
        ]);
        Assert.Equal(4, merged.Count);
    }

    [Fact]
    public void A_role_above_all_policies_is_the_cause_of_what_it_does()
    {
        var merged = Assert.Single(OneCause.Merge(
        [
            Found("TEN-A02", "isolation", "app", "app can become owner", "REVOKE owner FROM app;"), Own("TEN-B01", "store.orders as app"),
            Found("ACC-D01", "databases", "database store as app", "it worked", "howdah plan shows what differs"),
        ]));
        Assert.Equal("TEN-A02", merged.Attack.Id);
        Assert.Contains("ACC-D01, TEN-B01", merged.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_on_ten_tables_is_one_finding_with_ten_targets()
    {
        var merged = Assert.Single(OneCause.Merge([.. Enumerable.Range(1, 10).SelectMany(static n => (Finding[])[
            Own("TEN-B01", $"store.t{n} as app", $"howdah apply: it lays howdah_floor on store.t{n} again"),
            Own("TEN-B05", $"store.t{n} as app", $"howdah apply: it lays howdah_floor on store.t{n} again")])]));
        Assert.Equal(10, merged.Targets.Count);
        Assert.Contains("TEN-B05", merged.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_role_is_is_told_once_for_all_databases_of_its_server_and_what_a_table_is_for_each()
    {
        var role = Found("TEN-A04", "isolation", "app", "BYPASSRLS", "ALTER ROLE app NOBYPASSRLS;");
        var table = Found("TEN-A07", "isolation", "a.b", "off", "ALTER TABLE a.b ENABLE ROW LEVEL SECURITY;");
        var merged = OneCause.Merge([role, role with { Database = "other" }, table, table with { Database = "other" }]);
        Assert.Equal(["TEN-A04", "TEN-A07", "TEN-A07"], merged.Select(static finding => finding.Attack.Id));
    }

    static Finding Own(string id, string target, string fix = Apply) => Found(id, "tenancy", target, "rows", fix);

    static Finding Found(string id, string pattern, string target, string evidence, string fix, bool live = true) =>
        new(new(id, "Held", Gravity.Critical, live && pattern != "isolation", "", ""), pattern, target, Verdict.Broken, evidence, fix)
        {
            Server = "main", Database = "store",
            File = pattern == "isolation" ? null : "estate.yaml", Line = pattern == "isolation" ? 0 : 7,
        };
}
