using Howdah.Engine;
using Howdah.Engine.Files;

namespace Howdah.Patterns.Roles;

/// <summary>What the estate wants of one server's roles.</summary>
/// <param name="Server">The server.</param>
/// <param name="Roles">The roles by name, in the file's order.</param>
/// <param name="Databases">The names of the estate's databases on this server.</param>
/// <param name="Owners">The roles that own them.</param>
/// <param name="EstateDatabases">The names of all databases of the estate.</param>
sealed record RolesSpec(
    string Server, IReadOnlyDictionary<string, RoleSpec> Roles, IReadOnlyList<string> Databases, IReadOnlyList<string> Owners,
    IReadOnlyList<string> EstateDatabases)
{
    // Names the grammar takes for something else, or that CREATE ROLE refuses even in quotes.
    static readonly string[] Reserved = ["public", "none", "current_role", "current_user", "session_user"];

    internal static RolesSpec? Read(Target target)
    {
        if (target.Estate.Get(RoleShapes.Section) is not { Count: > 0 } roles)
            return null;
        var here = target.Estate.Databases.Where(database => database.Server == target.Server.Name).ToList();
        return new(target.Server.Name, roles, [.. here.Select(database => database.Name)],
            [.. here.Select(database => database.Owner).Distinct()],
            [.. target.Estate.Databases.Select(database => database.Name)]);
    }

    internal static IEnumerable<Login> Logins(RolesSpec spec) =>
        from role in spec.Roles
        where role.Value is { Login: true, Password: not null }
        select new Login(role.Key, role.Value.Password!);

    internal static IEnumerable<Diagnostic> Validate(RolesSpec spec)
    {
        foreach (var (name, role) in spec.Roles)
        {
            var path = $"roles.{name}";
            if (Reserved.Contains(name) || name.StartsWith("pg_", StringComparison.Ordinal))
                yield return Diagnostic.Error(RoleCodes.Reserved, $"the name `{name}` is reserved by PostgreSQL",
                    path, "choose another name");
            if (role is { Login: false, Password: not null })
            {
                yield return Diagnostic.Error(RoleCodes.PasswordWithoutLogin, $"the role `{name}` has a password but may not log in",
                    $"{path}.password",
                    "say login: true, or leave the password out");
            }
            if (role is { Login: true, BypassRls: true })
            {
                yield return Diagnostic.Error(RoleCodes.BypassWithLogin, $"the role `{name}` may log in and bypasses row-level security",
                    $"{path}.bypass_rls",
                    "give bypass_rls to a role without login and make the login a member of it, so that it bypasses only where it says "
                        + "SET ROLE");
            }
            if (role.Login && spec.Owners.Contains(name))
            {
                yield return Diagnostic.Warning(
                    RoleCodes.OwnerWithLogin, $"the role `{name}` owns a database and may log in", $"{path}.login",
                    "an owner can switch off every protection of its tables; let a role without login own them");
            }
            foreach (var twice in role.MemberOf.GroupBy(static member => member.Role).Where(static group => group.Count() > 1))
                yield return Diagnostic.Error(Codes.Conflict, $"`{name}` is said twice to be a member of `{twice.Key}`",
                    $"{path}.member_of");
            foreach (var database in role.InDatabases.Keys.Where(database => !spec.EstateDatabases.Contains(database)))
                yield return Diagnostic.Error(Codes.BadReference, $"there is no database `{database}` in this estate",
                    $"{path}.in_databases.{database}");
        }
        foreach (var circle in Circles(spec.Roles))
        {
            yield return Diagnostic.Error(RoleCodes.Circle, $"roles are members of each other: {string.Join(" → ", circle)}",
                $"roles.{circle[0]}.member_of",
                "PostgreSQL refuses circles; take one membership out");
        }
    }

    static IEnumerable<IReadOnlyList<string>> Circles(IReadOnlyDictionary<string, RoleSpec> roles)
    {
        var told = new HashSet<string>();
        foreach (var start in roles.Keys.Where(start => !told.Contains(start)))
        {
            if (Way(start, start, roles, []) is not { } circle)
                continue;
            told.UnionWith(circle);
            yield return circle;
        }
    }

    static List<string>? Way(string from, string to, IReadOnlyDictionary<string, RoleSpec> roles, HashSet<string> seen)
    {
        foreach (var next in roles.GetValueOrDefault(from)?.MemberOf.Select(static member => member.Role) ?? [])
        {
            if (next == to)
                return [from, to];
            if (seen.Add(next) && Way(next, to, roles, seen) is { } rest)
                return [from, .. rest];
        }
        return null;
    }
}

/// <summary>The diagnostics of this pattern.</summary>
static class RoleCodes
{
    internal const string Reserved = "HOW0301";
    internal const string PasswordWithoutLogin = "HOW0302";
    internal const string BypassWithLogin = "HOW0303";
    internal const string Circle = "HOW0304";
    internal const string OwnerWithLogin = "HOW0305";
    internal const string PasswordUnknown = "HOW0306";
    internal const string Untouchable = "HOW0307";

    internal static IReadOnlyList<(string Code, string About)> All { get; } =
    [
        (Reserved, "A role has a name that PostgreSQL keeps for itself."),
        (PasswordWithoutLogin, "A role has a password but may not log in."),
        (BypassWithLogin, "A role may log in and bypasses row-level security."),
        (Circle, "Roles are members of each other in a circle."),
        (OwnerWithLogin, "A role that owns a database may log in."),
        (PasswordUnknown, "A password could not be compared with the server's."),
        (Untouchable, "A declared role is the one that applies, or the server's own."),
    ];
}
