using System.Globalization;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Roles;

/// <summary>A role as declared. Superuser is not offered: an estate has no need for a second one.</summary>
/// <param name="Login">Whether it may log in.</param>
/// <param name="Password">The reference to its password; null where another way proves who it is.</param>
/// <param name="Inherit">Whether it has the privileges of the roles it is a member of without SET ROLE.</param>
/// <param name="CreateDb">Whether it may create databases.</param>
/// <param name="CreateRole">Whether it may create roles.</param>
/// <param name="Replication">Whether it may stream every change of the server.</param>
/// <param name="BypassRls">Whether row-level security does not hold for it.</param>
/// <param name="ConnectionLimit">Connections at once; -1 means no limit.</param>
/// <param name="ValidUntil">When its password ends, in UTC as the catalog query writes it; null means never.</param>
/// <param name="Settings">Settings for every database.</param>
/// <param name="InDatabases">Settings for one database, by its name.</param>
/// <param name="MemberOf">The roles it is a member of.</param>
/// <param name="ForeignMembers">Whether roles that the estate does not declare may be members of it.</param>
/// <param name="Adopt">Whether to take over a role that Howdah did not make.</param>
/// <param name="Comment">Its comment; null leaves it alone.</param>
sealed record RoleSpec(
    bool Login, SecretRef? Password, bool Inherit, bool CreateDb, bool CreateRole, bool Replication, bool BypassRls, int ConnectionLimit,
    string? ValidUntil, IReadOnlyDictionary<string, IReadOnlyList<string>> Settings,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, IReadOnlyList<string>>> InDatabases,
    IReadOnlyList<MembershipSpec> MemberOf, bool ForeignMembers, bool Adopt, string? Comment)
{
    /// <summary>A role with nothing said about it.</summary>
    internal static RoleSpec Plain { get; } = new(false, null, true, false, false, false, false, -1, null, ServerSetting.None,
        new Dictionary<string, IReadOnlyDictionary<string, IReadOnlyList<string>>>(), [], false, false, null);
}

/// <summary>A membership as declared.</summary>
/// <param name="Role">The role it is a member of.</param>
/// <param name="Admin">Whether it may give the membership on.</param>
/// <param name="Inherit">Whether it has the role's privileges without SET ROLE; null follows the member's <c>inherit</c>.</param>
/// <param name="Set">Whether it may SET ROLE.</param>
sealed record MembershipSpec(string Role, bool Admin, bool? Inherit, bool Set);

/// <summary>The keys under <c>roles</c>.</summary>
static class RoleShapes
{
    static readonly Shape<string> Other = Shapes.Ref("role", [.. PredefinedRoles.All]);

    static readonly Shape<MembershipSpec> Membership = Shapes.ScalarOr(
        new Named(),
        Shapes.Object<MembershipSpec>("a membership", keys =>
        {
            var role = keys.Required("role", Other, "The role it is a member of.", "shop_reader");
            var admin = keys.Optional("admin", Shapes.Bool, false, "Whether it may give the membership on.", "false");
            var inherit = keys.Optional<bool?>("inherit", new Maybe(), null,
                "Whether it has the role's privileges without SET ROLE (PostgreSQL 16 and newer); if not said, as its own `inherit`.");
            var set = keys.Optional("set", Shapes.Bool, true, "Whether it may SET ROLE (PostgreSQL 16 and newer).", "true");
            return values => new(values.Get(role), values.Get(admin), values.Get(inherit), values.Get(set));
        }));

    internal static Section<IReadOnlyDictionary<string, RoleSpec>> Section { get; } = new(SectionScope.Estate, "roles",
        "The roles of the estate, made on each of its servers.", Shapes.Map(Role(), "role"));

    static Shape<RoleSpec> Role() => Shapes.Object<RoleSpec>("a role", keys =>
    {
        var login = keys.Optional("login", Shapes.Bool, false, "Whether it may log in.", "false", sql: "ALTER ROLE r LOGIN");
        var password = keys.Optional<SecretRef?>("password", Shapes.Secret(generated: true)!, null,
            "Where its password comes from; sent and kept as a SCRAM verifier.", example: "\"${generated}\"",
                sql: "ALTER ROLE r PASSWORD 'SCRAM-SHA-256$…'");
        var inherit = keys.Optional("inherit", Shapes.Bool, true,
            "Whether it has the privileges of the roles it is a member of without SET ROLE.", "true", sql: "ALTER ROLE r INHERIT");
        var createDb = keys.Optional("create_db", Shapes.Bool, false, "Whether it may create databases.", "false",
            sql: "ALTER ROLE r CREATEDB");
        var createRole = keys.Optional("create_role", Shapes.Bool, false,
            "Whether it may create roles; before PostgreSQL 16 that is nearly a superuser.", "false", sql: "ALTER ROLE r CREATEROLE");
        var replication = keys.Optional("replication", Shapes.Bool, false,
            "Whether it may copy the server and stream its changes: all data of all databases.", "false", sql: "ALTER ROLE r REPLICATION");
        var bypass = keys.Optional("bypass_rls", Shapes.Bool, false,
            "Whether row-level security does not hold for it; never together with login.", "false", sql: "ALTER ROLE r BYPASSRLS");
        var limit = keys.Optional("connection_limit", Shapes.Int(-1, 262143), -1, "Connections at once; -1 means no limit.", "-1",
            sql: "ALTER ROLE r CONNECTION LIMIT n");
        var until = keys.Optional<string?>("valid_until", Shapes.Parsed("a time such as 2030-01-31T00:00:00Z, a date, or infinity", Time)!,
            null,
            "When its password ends; a time without a zone is UTC.", "infinity", sql: "ALTER ROLE r VALID UNTIL 't'");
        var settings = keys.Optional("settings", ServerSetting.Shape,
            ServerSetting.None, "Settings for its sessions in every database; others stored for it are reset.",
            example: "{ statement_timeout: 30s, search_path: [shop, public] }", sql: "ALTER ROLE r SET s TO v");
        var local = keys.Optional("in_databases", Shapes.Map(ServerSetting.Shape), RoleSpec.Plain.InDatabases,
            "Settings for its sessions in one database.", example: "{ shop: { work_mem: 64MB } }",
                sql: "ALTER ROLE r IN DATABASE d SET s TO v");
        var member = keys.Optional("member_of", Shapes.List(Membership, orSingle: true), [],
            "The roles it is a member of; memberships not said here are revoked.", "[]",
                "[shop_reader, { role: shop_writer, set: false }]", "GRANT other TO r");
        var foreign = keys.Optional("foreign_members", Shapes.Bool, false,
            "Whether roles that the estate does not declare may be members of it; if not, such memberships are revoked.", "false",
            sql: "REVOKE r FROM other");
        var adopt = keys.Optional("adopt", Shapes.Bool,
            false, "Whether to take over a role of this name that Howdah did not make.", "false");
        var comment = keys.Optional<string?>("comment", Shapes.Text!, null, "Its comment.", example: "The shop's web servers",
            sql: "COMMENT ON ROLE r IS 'c'");
        return values => new(values.Get(login), values.Get(password), values.Get(inherit), values.Get(createDb), values.Get(createRole),
            values.Get(replication), values.Get(bypass), values.Get(limit), values.Get(until) is "infinity" ? null : values.Get(until),
            values.Get(settings), values.Get(local), values.Get(member), values.Get(foreign), values.Get(adopt), values.Get(comment));
    });

    internal static string? Time(string text)
    {
        if (text == "infinity")
            return text;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            && text.Length >= 10 && text[..4].All(char.IsAsciiDigit) && text[4] == '-'
                ? time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)
                : null;
    }

    sealed class Named : Shape<MembershipSpec>
    {
        public override string Wants => Other.Wants;
        public override System.Text.Json.Nodes.JsonObject ToJsonSchema() => Other.ToJsonSchema();
        public override MembershipSpec? Read(Node node, Reading reading) => Other.Read(node, reading) is { } role
            ? new(role, false, null, true) : null;
    }

    // Absence means something other than false here.
    sealed class Maybe : Shape<bool?>
    {
        public override string Wants => Shapes.Bool.Wants;
        public override System.Text.Json.Nodes.JsonObject ToJsonSchema() => Shapes.Bool.ToJsonSchema();
        public override bool? Read(Node node, Reading reading) => Shapes.Bool.Read(node, reading);
    }
}
