using Howdah.Engine.Catalogs;

namespace Howdah.Patterns.Roles;

/// <summary>What is seen of one server's roles.</summary>
/// <param name="Server">The server.</param>
/// <param name="Applier">What the role that applies may do.</param>
/// <param name="Roles">The declared roles that exist, by name.</param>
/// <param name="Memberships">Every membership that a declared role has or gives.</param>
/// <param name="Left">Roles that Howdah made and the file no longer declares, as identities.</param>
/// <param name="Unrevealed">Roles to be made whose password is not to be had, with the reason.</param>
sealed record RolesFacts(
    ServerFacts Server, ApplierFacts Applier, IReadOnlyDictionary<string, RoleFacts> Roles, IReadOnlyList<MembershipFacts> Memberships,
    IReadOnlyList<string> Left, IReadOnlyDictionary<string, string> Unrevealed);

/// <summary>What the role that applies may do, where it is not a superuser.</summary>
/// <param name="CreateRole">CREATEROLE.</param>
/// <param name="CreateDb">CREATEDB.</param>
/// <param name="Replication">REPLICATION.</param>
/// <param name="BypassRls">BYPASSRLS.</param>
/// <param name="ReadsVerifiers">Whether it may read pg_authid.</param>
sealed record ApplierFacts(bool CreateRole, bool CreateDb, bool Replication, bool BypassRls, bool ReadsVerifiers);

/// <summary>A role as it is.</summary>
/// <param name="Login">LOGIN.</param>
/// <param name="Inherit">INHERIT.</param>
/// <param name="CreateDb">CREATEDB.</param>
/// <param name="CreateRole">CREATEROLE.</param>
/// <param name="Replication">REPLICATION.</param>
/// <param name="BypassRls">BYPASSRLS.</param>
/// <param name="ConnectionLimit">CONNECTION LIMIT.</param>
/// <param name="ValidUntil">When its password ends, in UTC; null for never (NULL and infinity mean the same).</param>
/// <param name="Comment">Its comment.</param>
/// <param name="Superuser">Whether it is a superuser.</param>
/// <param name="Owned">Whether Howdah made or adopted it.</param>
/// <param name="Untouchable">Whether it is the role that applies or the server's first role.</param>
/// <param name="Administered">Whether the role that applies has ADMIN on it.</param>
/// <param name="InUse">Whether it has sessions; asked only where it shall no longer log in.</param>
/// <param name="Settings">Settings by database ('' for every database), then by name.</param>
/// <param name="Password">How its password compares.</param>
/// <param name="PasswordProblem">Why it could not be compared.</param>
sealed record RoleFacts(
    bool Login, bool Inherit, bool CreateDb, bool CreateRole, bool Replication, bool BypassRls, int ConnectionLimit, string? ValidUntil,
        string? Comment,
    bool Superuser, bool Owned, bool Untouchable, bool Administered, bool InUse,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Settings, PasswordState Password, string? PasswordProblem);

/// <summary>How a password on the server compares with the declared one.</summary>
enum PasswordState
{
    /// <summary>None is declared.</summary>
    Undeclared,
    /// <summary>It is the declared one, kept as a SCRAM verifier.</summary>
    Same,
    /// <summary>It is another, none, or kept in another way.</summary>
    Differs,
    /// <summary>It could not be compared.</summary>
    Unknown,
}

/// <summary>One row of pg_auth_members.</summary>
/// <param name="Role">The role.</param>
/// <param name="Member">Its member.</param>
/// <param name="Grantor">Who gave it; null where that role is gone (possible before PostgreSQL 16).</param>
/// <param name="Admin">ADMIN OPTION.</param>
/// <param name="Inherit">INHERIT option; before PostgreSQL 16 the member's own attribute.</param>
/// <param name="Set">SET option; before PostgreSQL 16 always.</param>
/// <param name="ByBootstrap">Whether the grantor is the server's first role, in whose name superusers grant.</param>
/// <param name="MemberCreatesRoles">Whether the member has CREATEROLE.</param>
/// <param name="MemberIsSuperuser">Whether the member is a superuser.</param>
sealed record MembershipFacts(
    string Role, string Member, string? Grantor, bool Admin, bool Inherit, bool Set, bool ByBootstrap, bool MemberCreatesRoles,
        bool MemberIsSuperuser)
{
    /// <summary>
    /// Made by the server itself when a role with CREATEROLE made the role: ADMIN only, given by the server's first role. Whether a
    /// declared member
    /// creates roles is asked of the wish, for the same apply may change that.
    /// </summary>
    internal bool ByServer(RolesSpec spec) => ByBootstrap && Admin && !Inherit && !Set
        && (spec.Roles.TryGetValue(Member, out var member) ? member.CreateRole : MemberCreatesRoles);
}
