using Howdah.Engine.Proving;
using Howdah.Patterns.Tenancy.Attacks;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Patterns.Tenancy;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy;

public sealed class Attacks_on_places
{
    // {s1}, {s2}: schemas; {d1}: a database; {id}: the tenant of {s1}. Done in the home database, then undone there.
    internal static IReadOnlyList<Sabotage> Sabotages { get; } =
    [
        new("TEN-G21", "grant usage on schema {s1} to {s2}", "revoke usage on schema {s1} from {s2}"),
        new("TEN-G21", "grant select on {s1}.notes to public", "revoke select on {s1}.notes from public"),
        new("TEN-G21", "grant {s1} to {s2}", "revoke {s1} from {s2}"),
        new("TEN-G21", "alter role {s1} bypassrls", "alter role {s1} nobypassrls"),
        new("TEN-G21", "alter table {s1}.notes owner to {s1}", "alter table {s1}.notes owner to market_owner"),
        new("TEN-G21", "alter table {s1}.notes rename to lost", "alter table {s1}.lost rename to notes"),
        new("TEN-G21", "alter table {s1}.notes drop constraint howdah_tenant_only",
            "alter table {s1}.notes add constraint howdah_tenant_only check (tenant_id = '{id}')"),
        new("TEN-G22", "grant usage on schema {s1} to {s2}; grant select on {s1}.notes to {s2}",
            "revoke usage on schema {s1} from {s2}; revoke select on {s1}.notes from {s2}"),
        new("TEN-G22", "grant select on app.notes to {s1}", "revoke select on app.notes from {s1}"),
        new("TEN-G22", "grant select on howdah.tenants to {s1}", "revoke select on howdah.tenants from {s1}"),
        new("TEN-G23", "grant {s1} to {s2}", "revoke {s1} from {s2}"),
        new("TEN-G23", "grant market_owner to {s1}", "revoke market_owner from {s1}"),
        new("TEN-G24", "grant insert on app.kinds to howdah_tenants_market", "revoke insert on app.kinds from howdah_tenants_market"),
        new("TEN-G24", "grant create on schema {s1} to {s1}", "revoke create on schema {s1} from {s1}"),
        new("TEN-G24", "grant temporary on database market to {s1}", "revoke temporary on database market from {s1}"),
        new("TEN-G24", "grant truncate on {s1}.notes to {s1}", "revoke truncate on {s1}.notes from {s1}"),
        new("TEN-H21", "grant connect on database {d1} to public", "revoke connect on database {d1} from public"),
        new("TEN-H21", "grant temporary on database {d1} to {d1}", "revoke temporary on database {d1} from {d1}"),
        new("TEN-H22", "grant connect on database {d1} to public", "revoke connect on database {d1} from public"),
        new("TEN-H22", "grant connect on database {d1} to market_app", "revoke connect on database {d1} from market_app"),
        new("TEN-B23", "create or replace function howdah.unless_closed(tenant uuid) returns uuid language sql stable as 'select tenant'"),
        new("TEN-F21", "create or replace function howdah.verified_tenant() returns uuid language sql stable as "
            + "$$ select split_part(current_setting('howdah.tenant', true), '.', 1)::uuid $$"),
        new("TEN-F21", "VERIFY: < date_part('epoch', clock_timestamp()) => < 0"),
        new("TEN-F21", "VERIFY: not in (0, pg_backend_pid()) => < 0"),
        new("TEN-F21", "VERIFY: left(said, -65) => left(said, 36)"),
        new("TEN-F21", "update howdah.signing set inner_key = outer_key"),
        new("TEN-F22", "grant select on howdah.signing to market_app"),
        new("TEN-F22", "grant update on howdah.signing to market_app"),
    ];

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Hold_on_what_was_made_and_break_by_each_sabotage(int major)
    {
        using var market = await Market.OpenAsync(major, extra: ", signed: true");
        await using var tenants = await market.TenantsAsync();
        var places = new Dictionary<string, string>();
        foreach (var (name, model) in ((string, TenancyModel)[])[("r1", TenancyModel.Rows), ("r2", TenancyModel.Rows),
            ("s1", TenancyModel.Schemas), ("s2", TenancyModel.Schemas), ("d1", TenancyModel.Databases), ("d2", TenancyModel.Databases)])
        {
            var tenant = await tenants.CreateAsync(name, model, null, default);
            places[$"{{{name}}}"] = tenant.Home.Place ?? "";
            places["{id}"] = name == "s1" ? tenant.Id.ToString() : places.GetValueOrDefault("{id}", "");
            await using var login = await market.LoginAsync(tenant);
            await Market.RunAsync(login, $"""
                insert into orders (tenant_id, kind, total) values ('{tenant.Id}', 'a', 3);
                insert into lines (tenant_id, order_id, what) select tenant_id, id, 'w' from orders;
                insert into notes (tenant_id, what) values ('{tenant.Id}', '{tenant.Name}');
                """);
        }
        var first = await market.ProveAsync();
        // The exclusion constraint of the market tells, and that is told.
        Assert.All(first.Where(static finding => finding.Attack.Id != "TEN-D01"), static finding =>
            Assert.True(finding.Verdict == Verdict.Held, finding.ToString()));
        Assert.Equal(2 * PlaceAttacks.Live.Count * 2, first.Count(static finding => PlaceAttacks.Live.Any(each =>
            each.About.Id == finding.Attack.Id)));
        var unnoticed = new List<string>();
        foreach (var each in Campaign.Of(Sabotages, major))
        {
            await market.Server.ExecuteAsync(Sql(each.Sql), Market.Database);
            var findings = (await market.ProveAsync(each.Attack)).Where(finding => finding.Attack.Id == each.Attack).ToList();
            if (!findings.Any(static finding => finding is { Verdict: Verdict.Broken, Fix: not null }))
                unnoticed.Add($"{each.Attack} did not notice: {each.Sql}\n{string.Join('\n', findings)}");
            if (each.Undo is not null)
                await market.Server.ExecuteAsync(Sql(each.Undo), Market.Database);
            else
                await market.Estate.ConvergeAsync();
        }
        Assert.True(unnoticed.Count == 0, string.Join("\n\n", unnoticed));
        Assert.All((await market.ProveAsync()).Where(static finding => finding.Attack.Id != "TEN-D01"), static finding =>
            Assert.True(finding.Verdict == Verdict.Held, finding.ToString()));

        string Sql(string text)
        {
            if (text.StartsWith("VERIFY: ", StringComparison.Ordinal))
            {
                var (from, to) = text[8..].Split(" => ") is [var a, var b] ? (a, b) : default;
                var part = TenancyParts.For(market.Spec, []).Single(static part => part.Name == "verified_tenant");
                Assert.Contains(from, part.Body, StringComparison.Ordinal);
                return (part with { Body = part.Body.Replace(from, to, StringComparison.Ordinal) }).Create.ToString();
            }
            return places.Aggregate(text, static (all, place) => all.Replace(place.Key, place.Value, StringComparison.Ordinal));
        }
    }

    // Of an empty table nothing is read, so the floor is not asked: no alarm, and still one where nobody is refused.
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Say_the_same_of_an_empty_table(int major)
    {
        using var market = await Market.OpenAsync(major);
        await using var tenants = await market.TenantsAsync();
        var tenant = await tenants.CreateAsync("d", TenancyModel.Databases, null, default);
        await market.Server.ExecuteAsync("vacuum app.lines", Market.Database);
        await using (var app = await market.Session.Servers["main"].OpenLoginAsync("market_app", Market.Database, default))
        {
            await Market.RunAsync(app, $"select set_config('howdah.tenant', '{tenant.Id}', false)");
            Assert.Null(await Market.RefusalAsync(app, "select 1 from app.lines limit 1"));
            Assert.Equal("HW001", await Market.RefusalAsync(app, "select howdah.current_tenant()"));
        }
        Assert.Equal(Verdict.Held, (await ClosedAsync()).Verdict);
        await market.Server.ExecuteAsync("create or replace function howdah.current_tenant() returns uuid language sql stable as "
            + "$$ select current_setting('howdah.tenant', true)::uuid $$", Market.Database);
        Assert.Equal(Verdict.Broken, (await ClosedAsync()).Verdict);

        async Task<Finding> ClosedAsync() => Assert.Single(await market.ProveAsync("TEN-B23"), static finding =>
            finding.Attack.Id == "TEN-B23");
    }
}
