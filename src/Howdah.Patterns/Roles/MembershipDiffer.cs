using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Roles;

/// <summary>
/// Memberships: of each declared role exactly those that are declared. One row per pair stays; rows of other grantors are revoked in their
/// name, for what counts for the server is the sum of all rows.
/// </summary>
static class MembershipDiffer
{
    internal static IEnumerable<Step> Diff(RolesSpec spec, RolesFacts facts, HashSet<string> ours, List<Diagnostic> notes)
    {
        var modern = facts.Server.Major >= 16;
        var steps = new List<Step>();
        var revokes = new List<MembershipFacts>();
        foreach (var member in spec.Roles.Keys.Where(ours.Contains))
        {
            var role = spec.Roles[member];
            var rows = facts.Memberships.Where(row => row.Member == member).ToLookup(static row => row.Role);
            foreach (var wish in role.MemberOf)
            {
                if (Unserved(member, role, wish, facts.Server.Major) is { } note)
                    notes.Add(note);
                var wanted = wish with { Inherit = wish.Inherit ?? role.Inherit };
                var kept = rows[wish.Role].Where(row => !modern || Lasts(row, spec)).OrderByDescending(row => Same(row, wanted, modern))
                    .ThenByDescending(static row => row.ByBootstrap)
                    .FirstOrDefault();
                if (kept is null || !Same(kept, wanted, modern))
                    steps.Add(Grant(spec, member, wanted, kept, modern));
                revokes.AddRange(rows[wish.Role].Where(row => row != kept));
            }
            revokes.AddRange(rows.Where(group => role.MemberOf.All(wish => wish.Role != group.Key)).SelectMany(static group => group)
                .Where(row => !row.ByServer(spec) || spec.Roles.ContainsKey(row.Role)));
        }
        steps = [.. steps.Select(step => step with { After = [.. step.After, .. Given(spec, step, revokes)] })];
        revokes.AddRange(facts.Memberships.Where(row => ours.Contains(row.Role) && IsForeign(row, spec, facts)));
        // What goes goes first, or a membership that was turned around would be a circle for a moment and refused.
        return [.. revokes.Select(row => Revoke(spec, row, revokes, modern)), .. steps];
    }

    // Superusers are members of everything anyhow. Who administers a role can make itself a member at any time, as the role that applies
    // does to
    // work as the owner: taking that away would change nothing but the next plan.
    static bool IsForeign(MembershipFacts row, RolesSpec spec, RolesFacts facts) =>
        !spec.Roles.ContainsKey(row.Member) && !spec.Roles[row.Role].ForeignMembers && row.Member != facts.Server.User
            && !row.MemberIsSuperuser && !row.ByServer(spec) && row.Grantor != row.Member;

    // ADMIN can be taken only from a member whose own gifts are gone.
    static IEnumerable<string> Given(RolesSpec spec, Step step, List<MembershipFacts> revokes) =>
        from row in revokes
        where step.Action == StepAction.Alter && step.Id == RolesDiffer.StepId(spec.Server, row.Grantor ?? "", $"member/{row.Role}")
        select Id(spec, row);

    // A row given by a member that shall lose ADMIN falls with it; another must take its place.
    static bool Lasts(MembershipFacts row, RolesSpec spec) =>
        row.ByBootstrap || row.Grantor is null || !spec.Roles.TryGetValue(row.Grantor, out var grantor)
        || grantor.MemberOf.Any(wish => wish.Role == row.Role && wish.Admin);

    static bool Same(MembershipFacts row, MembershipSpec wish, bool modern) =>
        row.Admin == wish.Admin && (!modern || (row.Inherit == wish.Inherit && row.Set == wish.Set));

    static Step Grant(RolesSpec spec, string member, MembershipSpec wish, MembershipFacts? kept, bool modern)
    {
        var (role, to) = (new Ident(wish.Role), new Ident(member));
        var by = modern && kept?.Grantor is { } grantor ? Sql.Of($" GRANTED BY {new Ident(grantor)}") : null;
        var sql = new List<Sql>();
        if (kept is { Admin: true } && !wish.Admin)
            sql.Add(Sql.Of($"REVOKE ADMIN OPTION FOR {role} FROM {to}{by}"));
        var more = kept is null || (wish.Admin && !kept.Admin);
        if (modern && (more || kept!.Inherit != wish.Inherit || kept.Set != wish.Set))
            sql.Add(Sql.Of($"GRANT {role} TO {to} WITH ADMIN {Flag(wish.Admin)}, INHERIT {Flag(wish.Inherit == true)}, SET "
                + $"{Flag(wish.Set)}{by}"));
        else if (more)
            sql.Add(wish.Admin ? Sql.Of($"GRANT {role} TO {to} WITH ADMIN OPTION") : Sql.Of($"GRANT {role} TO {to}"));
        var words = string.Join(", ", (string[])[
            .. wish.Admin ? ["admin"] : (string[])[], .. wish.Inherit == true || !modern ? (string[])[] : ["no inherit"], .. wish.Set
                ? (string[])[] : ["no set"]]);
        return RolesDiffer.Step(spec, member, $"member/{wish.Role}", kept is null ? StepAction.Grant : StepAction.Alter,
            $"member of {wish.Role}{(words.Length > 0 ? $" ({words})" : "")}",
            RolesDiffer.StepId(spec.Server, member, "create"), RolesDiffer.StepId(spec.Server, wish.Role, "create"),
            RolesDiffer.StepId(spec.Server, member, "adopt"), RolesDiffer.StepId(spec.Server, wish.Role, "adopt")) with
        {
            Sql = sql,
        };
    }

    static Step Revoke(RolesSpec spec, MembershipFacts row, List<MembershipFacts> all, bool modern)
    {
        var by = modern && row.Grantor is { } grantor ? Sql.Of($" GRANTED BY {new Ident(grantor)}") : null;
        // Rows that this member gave come first, and the row that takes its place too, so that no moment is without a declared membership.
        var given = all.Where(other => other.Role == row.Role && other.Grantor == row.Member && other != row)
            .Select(other => Id(spec, other));
        return RolesDiffer.Step(spec, row.Member, What(row), StepAction.Revoke,
            $"no longer member of {row.Role}{(row.ByBootstrap ? "" : $" (given by {row.Grantor})")}",
            [.. given, RolesDiffer.StepId(spec.Server, row.Member, $"member/{row.Role}"),
                RolesDiffer.StepId(spec.Server, row.Member, "adopt")]) with
        {
            Sql = [Sql.Of($"REVOKE {new Ident(row.Role)} FROM {new Ident(row.Member)}{by}")],
        };
    }

    static string Id(RolesSpec spec, MembershipFacts row) => RolesDiffer.StepId(spec.Server, row.Member, What(row));

    static string What(MembershipFacts row) => $"member/{row.Role}/revoke/{row.Grantor}";

    static Words Flag(bool on) => new(on ? "TRUE" : "FALSE");

    static Diagnostic? Unserved(string member, RoleSpec role, MembershipSpec wish, int major) => wish switch
    {
        _ when PredefinedRoles.Since(wish.Role) > major => Diagnostic.Error(Codes.CannotServe,
            $"PostgreSQL {major} has no role `{wish.Role}`", $"roles.{member}.member_of",
                $"it came with {PredefinedRoles.Since(wish.Role)}"),
        _ when major >= 16 => null,
        { Set: false } => Diagnostic.Error(
            Codes.CannotServe, $"PostgreSQL 15 cannot make `{member}` a member of `{wish.Role}` without SET", $"roles.{member}.member_of",
            "set: false needs PostgreSQL 16"),
        { Inherit: { } inherit } when inherit != role.Inherit => Diagnostic.Error(Codes.CannotServe,
            $"on PostgreSQL 15 `{member}` inherits from all of its roles or from none", $"roles.{member}.member_of",
            $"inherit: per membership needs PostgreSQL 16; say inherit: {(inherit ? "true" : "false")} for the whole role"),
        _ => null,
    };
}
