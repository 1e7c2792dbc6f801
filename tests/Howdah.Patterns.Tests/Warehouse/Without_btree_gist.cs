using Howdah.Engine;
using Howdah.Patterns.Warehouse;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Warehouse;

/// <summary>On a server that has no btree_gist versions are kept apart all the same, the plan says by what, and
/// the proof still sees when they are not.</summary>
public sealed class Without_btree_gist
{
    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Versions_do_not_overlap_and_the_proof_would_see_it(int major)
    {
        var star = await Star.GetAsync(major);
        using var estate = new EstateHarness(star.Server, Star.Yaml);
        var loaded = estate.Load().Estate!;
        var spec = WarehousePattern.Read(new Target(loaded, loaded.Servers["main"], loaded.Databases[0]))!;
        var delta = WarehouseDiffer.Diff(spec, new(new Dictionary<string, string>(), new HashSet<string>(), Exclusion: false, []));
        Assert.Equal(Howdah.Patterns.Warehouse.Codes.Overlap, Assert.Single(delta.Notes).Code);
        var database = await star.Server.CreateDatabaseAsync();
        await using var db = await star.Server.OpenAsync(database);
        await Star.RunAsync(db, "grant create on schema public to shop_owner; "
            + "do $$ begin execute format('grant create on database %I to shop_owner', current_database()); end $$");
        foreach (var step in delta.Steps)
            await Star.RunAsync(db, $"begin; {string.Join(";\n", step.Sql)}; commit");
        Assert.Equal("", await Star.TextAsync(db, "select extname from pg_extension where extname = 'btree_gist' "
            + "union all select conname from pg_constraint where contype = 'x'"));

        const string Columns = "source, customer_id, born, name, segment, credit, effective_at, version";
        await Star.LoadAsync(db, "customer", 1, Columns, """
            ('web', 'c1', null, 'Ada', 'office', null, '2024-07-01'::timestamptz, 2)
            """);
        await Star.LoadAsync(db, "customer", 2, Columns, """
            ('web', 'c1', null, 'Ada', 'home', null, '2024-01-01'::timestamptz, 1)
            """);
        Assert.Equal("(home,-infinity,2024-07-01)\n(office,2024-07-01,infinity)", await Star.TextAsync(db, """
            select segment, case when isfinite(valid_from) then (valid_from at time zone 'UTC')::date::text else valid_from::text end,
              case when isfinite(valid_to) then (valid_to at time zone 'UTC')::date::text else valid_to::text end
            from dw.customer where sk > 0
            """));
        var overlap = Checks.For(spec).Single(static check => check.Attack == Checks.Overlap && check.Target == "dw.customer").Statement;
        Assert.Equal("", await Star.TextAsync(db, $"select * from ({overlap}) o"));
        await Star.RunAsync(db, "update dw.customer set valid_to = valid_to + interval '1 day' where segment = 'home'");
        Assert.Contains("c1", await Star.TextAsync(db, $"select * from ({overlap}) o"), StringComparison.Ordinal);
    }
}
