namespace Howdah.Patterns.Roles;

/// <summary>Where declared memberships lead.</summary>
static class RoleClosure
{
    /// <summary>The roles it may become by SET ROLE.</summary>
    internal static HashSet<string> Becomes(RolesSpec spec, string role) => Follow(spec, role, static (_, wish) => wish.Set);

    /// <summary>The roles whose privileges it has without SET ROLE.</summary>
    internal static HashSet<string> Inherits(RolesSpec spec, string role) =>
        Follow(spec, role, static (member, wish) => wish.Inherit ?? member.Inherit);

    static HashSet<string> Follow(RolesSpec spec, string role, Func<RoleSpec, MembershipSpec, bool> passes)
    {
        var reached = new HashSet<string> { role };
        var open = new Stack<string>([role]);
        while (open.TryPop(out var from))
        {
            var next = spec.Roles.TryGetValue(from, out var member)
                ? member.MemberOf.Where(wish => passes(member, wish)).Select(static wish => wish.Role)
                // The one predefined role that is a member of others; initdb makes it so.
                : from == "pg_monitor" ? ["pg_read_all_settings", "pg_read_all_stats", "pg_stat_scan_tables"] : [];
            foreach (var to in next.Where(reached.Add))
                open.Push(to);
        }
        // Whoever is the owner of the database at hand is, in it, a member of this role.
        if (spec.Owners.Any(reached.Contains))
            reached.Add("pg_database_owner");
        return reached;
    }
}
