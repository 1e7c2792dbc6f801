using Howdah.Engine.Proving;

namespace Howdah.Patterns.Roles;

/// <summary>The attacks on roles.</summary>
static class RoleAttacks
{
    internal static Attack Become { get; } = new("ACC-R01", "A login can become only the roles it was given", Gravity.Critical, true,
        "Logs in as each role and says SET ROLE for every role of the server; a break is any that works and was not declared, directly "
            + "or through others.",
        "https://www.postgresql.org/docs/current/role-membership.html");

    internal static Attack Inherit { get; } = new("ACC-R02", "A login has the privileges only of the roles it was given", Gravity.Critical,
        true,
        "Logs in as each role and asks the server whose privileges it has without SET ROLE; a break is any role not declared to be "
            + "inherited.",
        "https://www.postgresql.org/docs/16/release-16.html (INHERIT per membership)");

    internal static Attack Powers { get; } = new("ACC-R03", "A login has no power that is not declared", Gravity.Critical, true,
        "Logs in as each role, reads its own powers and tries CREATE ROLE; a break is being a superuser or any undeclared CREATEROLE, "
            + "CREATEDB, REPLICATION, BYPASSRLS.",
        "https://www.postgresql.org/docs/current/role-attributes.html");

    internal static Attack Climb { get; } = new("ACC-R04", "A login cannot give itself more", Gravity.Critical, true,
        "Logs in as each role and tries to grant itself pg_execute_server_program, pg_read_all_data and the owners, and to alter itself; "
            + "a break is any that works.",
        "https://www.postgresql.org/docs/16/release-16.html (CREATEROLE before 16 could grant any role)");

    internal static Attack Files { get; } = new("ACC-R05", "A login does not reach the server's files and programs", Gravity.Critical, true,
        "Logs in as each role and tries COPY TO PROGRAM, COPY from a file, pg_read_file, pg_ls_dir and lo_import; a break is any that "
            + "works.",
        "https://www.postgresql.org/docs/current/predefined-roles.html");

    internal static Attack Configure { get; } = new("ACC-R06", "A login cannot change what protects the server", Gravity.High, true,
        "Logs in as each role and tries to switch off triggers (session_replication_role) and logging, and asks for ALTER SYSTEM on any "
            + "parameter.",
        "https://www.postgresql.org/docs/15/release-15.html (GRANT … ON PARAMETER)");

    internal static Attack Door { get; } = new("ACC-R07", "A wrong password is refused at the door", Gravity.Critical, true,
        "Knocks as each role with a wrong password and with its own name as password; a break is being let in, or refused only after that. "
            + "Leaves two failed logins per role in the server's log.",
        "https://www.postgresql.org/docs/current/auth-trust.html");

    internal static Attack Verifier { get; } = new("ACC-R08", "Passwords are kept as SCRAM verifiers", Gravity.High, false,
        "Reads of each password only its kind; a break is MD5, whose verifier is as good as the password, or a missing one where one is "
            + "declared.",
        "https://www.postgresql.org/docs/current/auth-password.html");

    internal static Attack Outsiders { get; } = new("ACC-R09", "Nobody outside the estate can become one of its roles", Gravity.High, false,
        "Follows memberships from every role the estate does not declare; a break is one that leads to a declared role (superusers and "
            + "the role that applies aside).",
        "Howdah");

    internal static Attack Owners { get; } = new("ACC-R10", "Owners of databases cannot log in", Gravity.High, false,
        "Reads whether a database's owner may log in; an owner can switch off every protection of its tables.", "Howdah");

    internal static IReadOnlyList<Attack> All { get; } = [Become, Inherit, Powers, Climb, Files, Configure, Door, Verifier, Outsiders,
        Owners];
}
