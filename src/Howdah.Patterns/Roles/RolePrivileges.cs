using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Roles;

/// <summary>Says before anything is done what a role that is no superuser lacks for the steps of a plan.</summary>
static class RolePrivileges
{
    internal static IEnumerable<Diagnostic> Lacking(RolesSpec spec, RolesFacts facts, IReadOnlyList<Step> steps)
    {
        if (facts.Server.IsSuperuser || steps.Count == 0)
            yield break;
        var (user, applier, modern) = (facts.Server.User, facts.Applier, facts.Server.Major >= 16);
        if (!applier.CreateRole)
        {
            yield return Diagnostic.Error(Codes.Privilege, $"{user} may not create or change roles; {steps.Count} "
                + $"step{(steps.Count == 1 ? " needs" : "s need")} it",
                "roles", $"as a superuser: ALTER ROLE {new Ident(user)} CREATEROLE");
            yield break;
        }
        foreach (var (name, role) in spec.Roles.Where(role => steps.Any(step => step.Object == $"role {role.Key}")))
        {
            var there = facts.Roles.GetValueOrDefault(name);
            if (there is { Superuser: true })
                yield return Lacks(name, $"{user} may not change the superuser `{name}`", "let a superuser apply");
            else if (modern && there is { Administered: false })
                yield return Lacks(name, $"{user} may not change `{name}`: it has no ADMIN on it", $"as a superuser: GRANT "
                    + $"{new Ident(name)} TO {new Ident(user)} WITH ADMIN TRUE");
            var asked = new[]
            {
                (Word: "REPLICATION", Changes: role.Replication != (there?.Replication ?? false), May: modern && applier.Replication),
                (Word: "BYPASSRLS", Changes: role.BypassRls != (there?.BypassRls ?? false), May: modern && applier.BypassRls),
                (Word: "CREATEDB", Changes: role.CreateDb != (there?.CreateDb ?? false), May: !modern || applier.CreateDb),
            };
            foreach (var (word, _, _) in asked.Where(static attribute => attribute is { Changes: true, May: false }))
                yield return Lacks(name, $"{user} may not give or take {word}", modern
                    ? $"as a superuser: ALTER ROLE {new Ident(user)} {new Words(word)}" : "let a superuser apply");
        }

        static Diagnostic Lacks(string role, string message, string hint) =>
            Diagnostic.Error(Codes.Privilege, message, $"roles.{role}", hint);
    }
}
