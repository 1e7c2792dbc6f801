using Howdah.Engine.Files;
using Howdah.Patterns.Databases;
using Howdah.Patterns.Roles;
using Xunit;

namespace Howdah.Patterns.Tests.Roles;

public sealed class RolesFileTests
{
    static readonly IReadOnlyList<Howdah.Engine.Pattern> Mine = [RolesPattern.Value, DatabasesPattern.Value];

    static Loaded Load(string rest) => EstateReader.ReadText("/tmp/estate.yaml",
        "howdah: 1\nestate: e\nservers: { main: { embedded: 18 } }\n" + rest, null, Mine);

    [Theory]
    [InlineData("roles: { pg_me: {} }", "HOW0301", "roles.pg_me")]
    [InlineData("roles: { public: {} }", "HOW0301", "roles.public")]
    [InlineData("roles: { \"none\": {} }", "HOW0301", "roles.none")]
    [InlineData("roles: { current_user: {} }", "HOW0301", "roles.current_user")]
    [InlineData("roles: { session_user: {} }", "HOW0301", "roles.session_user")]
    [InlineData("roles: { a: { password: \"${generated}\" } }", "HOW0302", "roles.a.password")]
    [InlineData("roles: { a: { login: true, bypass_rls: true } }", "HOW0303", "roles.a.bypass_rls")]
    [InlineData("roles: { a: { member_of: b }, b: { member_of: [{ role: a }] } }", "HOW0304", "roles.a.member_of")]
    [InlineData("roles: { a: { member_of: a } }", "HOW0304", "roles.a.member_of")]
    [InlineData("roles: { a: { member_of: [b, b] }, b: {} }", "HOW0114", "roles.a.member_of")]
    [InlineData("roles: { a: { member_of: missing } }", "HOW0109", "roles.a.member_of")]
    [InlineData("roles: { a: { in_databases: { nowhere: { work_mem: 1MB } } } }", "HOW0109", "roles.a.in_databases.nowhere")]
    [InlineData("roles: { a: { valid_until: soon } }", "HOW0106", "roles.a.valid_until")]
    [InlineData("roles: { a: { superuser: true } }", "HOW0104", "roles.a.superuser")]
    [InlineData("roles: { a: { login: true, password: hunter2 } }", "HOW0111", "roles.a.password")]
    [InlineData("roles: { o: {} }\ndatabases: { postgres: { owner: o } }", "HOW0312", "databases.postgres")]
    [InlineData("roles: { o: {} }\ndatabases: { d: { owner: o, locale: { provider: icu } } }", "HOW0107", "databases.d.locale")]
    [InlineData("roles: { o: { login: true } }\ndatabases: { d: { owner: o } }", "HOW0305", "roles.o.login")]
    public void What_is_wrong_is_told_at_its_place(string yaml, string code, string path)
    {
        var found = Assert.Single(Load(yaml).Diagnostics);
        Assert.Equal((code, path), (found.Code, found.Path));
        Assert.NotNull(found.Place);
    }

    [Theory]
    [InlineData("2030-01-31", "2030-01-31T00:00:00.000000Z")]
    [InlineData("2030-01-31T12:00:00+02:00", "2030-01-31T10:00:00.000000Z")]
    [InlineData("2030-01-31 12:00:00.5Z", "2030-01-31T12:00:00.500000Z")]
    [InlineData("infinity", null)]
    public void A_time_is_read_as_the_server_means_it(string text, string? meant)
    {
        var loaded = Load($"roles: {{ a: {{ valid_until: \"{text}\" }} }}");
        Assert.Empty(loaded.Diagnostics);
        Assert.Equal(meant, loaded.Estate!.Get(RoleShapes.Section)!["a"].ValidUntil);
    }

    [Fact]
    public void A_role_may_be_a_member_of_a_predefined_one() => Assert.Empty(Load("roles: { a: { member_of: pg_monitor } }").Diagnostics);
}
