using Howdah.Engine;

namespace Howdah.Patterns.Roles;

/// <summary>Roles with exactly the powers and memberships that are declared.</summary>
static class RolesPattern
{
    internal const string Key = "roles";

    internal static Pattern<RolesSpec, RolesFacts> Value { get; } = new()
    {
        Key = Key,
        About = "Each role exists on each server with exactly the powers, settings and memberships that are declared.",
        Scope = PatternScope.Server,
        Sections = [RoleShapes.Section],
        Codes = RoleCodes.All,
        Read = RolesSpec.Read,
        Validate = RolesSpec.Validate,
        Logins = RolesSpec.Logins,
        Inspect = RolesInspector.InspectAsync,
        Diff = RolesDiffer.Diff,
        Prove = RolesProver.ProveAsync,
        Attacks = RoleAttacks.All,
    };
}
