using CsCheck;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Patterns.Roles;
using Xunit;

namespace Howdah.Patterns.Tests.Roles;

public sealed class RolesDifferTests
{
    static Gen<RolesSpec> Spec => RandomRoles.Spec;

    [Fact]
    public void What_is_as_declared_needs_nothing() =>
        Spec.Sample(static spec => Assert.Empty(RolesDiffer.Diff(spec, Made(spec)).Steps), iter: 500);

    [Fact]
    public void What_is_as_another_wish_needs_steps_for_exactly_the_roles_that_differ() =>
        Gen.Select(Spec, RandomRoles.Role).Where(static both => both.Item1.Roles.Count > 0).Sample(static (spec, other) =>
        {
            var name = spec.Roles.Keys.Last();
            var changed = spec with { Roles = spec.Roles.ToDictionary(static role => role.Key, role =>
                role.Key == name ? other with { MemberOf = role.Value.MemberOf } : role.Value) };
            var steps = RolesDiffer.Diff(changed, Made(spec)).Steps;
            Assert.All(steps, step => Assert.Equal($"role {name}", step.Object));
            Assert.Equal(steps.Count, steps.Select(static step => step.Id).Distinct().Count());
        }, iter: 500);

    [Fact]
    public void A_new_role_is_made_before_what_needs_it() => Spec.Sample(static spec =>
    {
        var steps = StepOrder.Sort(RolesDiffer.Diff(spec, Empty).Steps);
        var made = new HashSet<string>();
        foreach (var step in steps)
        {
            if (step.Action == StepAction.Create)
                Assert.True(made.Add(step.Object));
            else
                Assert.Contains(step.Object, made);
        }
        Assert.Equal(spec.Roles.Count, made.Count);
    }, iter: 300);

    [Fact]
    public void No_secret_stands_in_a_plan() => Spec.Sample(static spec =>
        Assert.All(RolesDiffer.Diff(spec, Empty).Steps.Where(static step => step.Sql.Any(static sql => sql.HasSecret)),
            static step => Assert.Contains("PASSWORD '${generated}'", step.SqlText, StringComparison.Ordinal)), iter: 100);

    [Fact]
    public void Fifteen_says_what_it_cannot_serve()
    {
        var spec = new RolesSpec("main", new Dictionary<string, RoleSpec>
        {
            ["reader"] = RoleSpec.Plain,
            ["app"] = RoleSpec.Plain with { MemberOf = [new("reader", false, null, false)] },
            ["bot"] = RoleSpec.Plain with { MemberOf = [new("reader", false, false, true)] },
        }, [], [], []);
        var delta = RolesDiffer.Diff(spec, Empty with { Server = Server(15) });
        Assert.Equal([Codes.CannotServe, Codes.CannotServe], delta.Notes.Select(static note => note.Code));
    }

    [Fact]
    public void A_role_of_a_newer_server_is_told()
    {
        var spec = new RolesSpec("main",
            new Dictionary<string, RoleSpec> { ["app"] = RoleSpec.Plain with { MemberOf = [new("pg_maintain", false, null, true)] } }, [],
                [], []);
        Assert.Equal([Codes.CannotServe],
            RolesDiffer.Diff(spec, Empty with { Server = Server(16) }).Notes.Select(static note => note.Code));
        Assert.Empty(RolesDiffer.Diff(spec, Empty with { Server = Server(17) }).Notes);
    }

    [Fact]
    public void The_role_that_applies_is_not_touched()
    {
        var spec = new RolesSpec("main", new Dictionary<string, RoleSpec> { ["app"] = RoleSpec.Plain with { Adopt = true } }, [], [], []);
        var facts = Made(spec);
        facts = facts with { Roles = facts.Roles.ToDictionary(static role => role.Key, static role =>
            role.Value with { Untouchable = true, Superuser = true }) };
        var delta = RolesDiffer.Diff(spec, facts);
        Assert.Empty(delta.Steps);
        Assert.Equal([RoleCodes.Untouchable], delta.Notes.Select(static note => note.Code));
    }

    [Fact]
    public void Taking_login_from_a_role_in_use_is_a_hazard()
    {
        var spec = new RolesSpec("main", new Dictionary<string, RoleSpec> { ["app"] = RoleSpec.Plain }, [], [], []);
        var facts = Made(spec);
        facts = facts with { Roles = facts.Roles.ToDictionary(static role => role.Key, static role =>
            role.Value with { Login = true, InUse = true }) };
        Assert.Equal([HazardKind.Downtime], RolesDiffer.Diff(spec, facts).Steps.SelectMany(static step => step.Hazards)
            .Select(static hazard => hazard.Kind));
    }

    static ServerFacts Server(int major) => new("main", major * 10000, "1", "admin", true, false);

    static RolesFacts Empty => new(
        Server(18), new(true, true, true, true, true), new Dictionary<string, RoleFacts>(), [], [], new Dictionary<string, string>());

    // The server as it is once a wish has come true.
    static RolesFacts Made(RolesSpec spec) => Empty with
    {
        Roles = spec.Roles.ToDictionary(static role => role.Key, static role =>
            new RoleFacts(role.Value.Login, role.Value.Inherit, role.Value.CreateDb, role.Value.CreateRole,
            role.Value.Replication, role.Value.BypassRls, role.Value.ConnectionLimit, role.Value.ValidUntil, role.Value.Comment is ""
                ? null : role.Value.Comment,
            false, true, false, true, false,
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [""] = Stored(role.Value.Settings),
                ["shop"] = Stored(role.Value.InDatabases.GetValueOrDefault("shop") ?? ServerSetting.None),
                ["elsewhere"] = new Dictionary<string, string> { ["work_mem"] = "1MB" },
            },
            role.Value.Password is null ? PasswordState.Undeclared : PasswordState.Same, null)),
        Memberships = [.. spec.Roles.SelectMany(static role => role.Value.MemberOf.Select(wish => new MembershipFacts(
            wish.Role, role.Key, "admin", wish.Admin, wish.Inherit ?? role.Value.Inherit, wish.Set, true, role.Value.CreateRole, false)))],
    };

    static Dictionary<string, string> Stored(IReadOnlyDictionary<string, IReadOnlyList<string>> settings) =>
        settings.ToDictionary(static setting => setting.Key, static setting =>
            setting.Key != "search_path" ? setting.Value[0]
                : string.Join(", ", setting.Value.Select(static name => name == "public" ? name : new Ident(name).ToString())));
}
