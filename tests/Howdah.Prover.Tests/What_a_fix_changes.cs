using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Prover.Fixing;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>Which statements mend the same, and which fixes are SQL at all.</summary>
public sealed class What_a_fix_changes
{
    [Theory]
    [InlineData("ALTER TABLE shop.orders FORCE ROW LEVEL SECURITY;", "alter table \"shop\".\"orders\" enable row level security", true)]
    [InlineData("CREATE POLICY \"f\" ON shop.orders USING (true)", "drop policy \"g\" on \"shop\".\"orders\"", true)]
    [InlineData("CREATE POLICY \"f\" ON shop.orders USING (true)", "drop policy \"g\" on \"shop\".\"orders_old\"", false)]
    [InlineData("REVOKE TRUNCATE ON shop.orders FROM app",
        "revoke select, truncate on TABLE \"shop\".\"orders\" from \"app\" cascade", true)]
    [InlineData("REVOKE TRUNCATE ON shop.orders FROM app", "revoke select on TABLE \"shop\".\"orders\" from \"app\" cascade", false)]
    [InlineData("REVOKE TRUNCATE ON shop.orders FROM app", "grant truncate on TABLE \"shop\".\"orders\" to \"app\"", false)]
    [InlineData("REVOKE ALL ON shop.orders FROM PUBLIC, app", "revoke update (\"a b\") on TABLE \"shop\".\"orders\" from \"app\"", true)]
    [InlineData("REVOKE CREATE ON SCHEMA shop FROM PUBLIC", "revoke create on DATABASE \"shop\" from public", false)]
    [InlineData("REVOKE owner FROM app GRANTED BY postgres;", "REVOKE \"owner\" FROM \"app\"", true)]
    [InlineData("REVOKE ADMIN OPTION FOR owner FROM app", "REVOKE \"owner\" FROM \"app\"", true)]
    [InlineData("ALTER ROLE app NOBYPASSRLS", "ALTER ROLE \"app\" WITH NOCREATEDB NOBYPASSRLS", true)]
    [InlineData("ALTER ROLE app NOBYPASSRLS", "ALTER ROLE \"app\" SET work_mem = '1'", false)]
    [InlineData("ALTER FUNCTION shop.f(integer) OWNER TO o", "alter function \"shop\".\"f\"(int) owner to \"o\"", true)]
    [InlineData("ALTER DEFAULT PRIVILEGES FOR ROLE o REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        "alter default privileges for role \"o\" revoke execute on functions from public", true)]
    [InlineData("ALTER TABLE \"Shop\".\"a.\"\"b\" FORCE ROW LEVEL SECURITY",
        "alter table \"shop\".\"a.\"\"b\" force row level security", false)]
    [InlineData("-- ALTER TABLE a.b FORCE ROW LEVEL SECURITY\nDO $x$ alter table a.b force row level security $x$",
        "alter table a.b force row level security", false)]
    public void Two_statements_that_mend_the_same_meet(string one, string other, bool meet) =>
        Assert.Equal(meet, Touch.Of(one).Any(touch => Touch.Of(other).Any(touch.Meets)));

    [Theory]
    [InlineData("ALTER TABLE a.b FORCE ROW LEVEL SECURITY; ALTER TABLE a.b ENABLE ROW LEVEL SECURITY;", true)]
    [InlineData("REVOKE a FROM b", true)]
    [InlineData("DO $$ begin end $$;", true)]
    [InlineData("howdah apply: it lays howdah_floor on store.orders again", false)]
    [InlineData("-- Send keys only.", false)]
    [InlineData("ALTER TABLE \"x\" OWNER TO \"o\", and take app out of that role", false)]
    [InlineData("ALTER VIEW x SET (security_invoker = true), or REVOKE ALL ON x FROM \"app\"", false)]
    [InlineData("ALTER ROLE … NOLOGIN for the owner; REVOKE it from members", false)]
    [InlineData("REVOKE ALL ON SCHEMA howdah FROM PUBLIC; howdah apply", false)]
    [InlineData("DROP RULE", false)]
    public void Words_are_never_taken_for_SQL(string fix, bool runs) => Assert.Equal(runs, FixSql.Runs(fix));

    [Theory]
    [InlineData("ALTER TABLE a.b ALTER COLUMN c SET NOT NULL;", HazardKind.LongLock)]
    [InlineData("ALTER TABLE a.b DROP CONSTRAINT c; ALTER TABLE a.b ADD CONSTRAINT c UNIQUE (d, e)", HazardKind.LongLock)]
    [InlineData("DROP FUNCTION a.b();", HazardKind.Irreversible)]
    [InlineData("DROP POLICY a ON b.c;", null)]
    [InlineData("REVOKE a FROM b", null)]
    public void A_fix_says_what_harm_it_can_do(string fix, HazardKind? harm) =>
        Assert.Equal(harm is { } kind ? [kind] : [], FixSql.Hazards(fix).Select(static hazard => hazard.Kind));

    [Fact]
    public void The_script_is_in_order_tells_hazards_and_names_what_only_a_hand_can_do()
    {
        var about = new Attack("TEN-X01", "Held", Gravity.High, false, "", "");
        var script = FixScript.Write(
        [
            Found("ALTER TABLE a.b ALTER COLUMN c SET NOT NULL;"), Found("-- Think again."), Found("REVOKE a FROM b;"),
            Found("ALTER ROLE b NOBYPASSRLS;"), Found("DROP VIEW a.v;") with { Ignored = "decided" },
        ], "db");
        Assert.True(script.IndexOf("REVOKE", StringComparison.Ordinal) < script.IndexOf("ALTER ROLE", StringComparison.Ordinal), script);
        Assert.True(script.IndexOf("ALTER ROLE", StringComparison.Ordinal) < script.IndexOf("ALTER TABLE", StringComparison.Ordinal));
        Assert.Contains("-- hazard: reads the whole table while writes wait", script, StringComparison.Ordinal);
        Assert.Contains("-- not in SQL: -- Think again.", script, StringComparison.Ordinal);
        Assert.DoesNotContain("DROP VIEW", script, StringComparison.Ordinal);

        Finding Found(string fix) => new(about, "isolation", "a.b", Verdict.Broken, "seen", fix);
    }
}
