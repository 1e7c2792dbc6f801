using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Roles;

/// <summary>Says what to do so that each role is as declared.</summary>
static class RolesDiffer
{
    internal static Delta Diff(RolesSpec spec, RolesFacts facts)
    {
        var steps = new List<Step>();
        var notes = new List<Diagnostic>();
        var ours = new HashSet<string>();
        foreach (var (name, role) in spec.Roles)
        {
            var there = facts.Roles.GetValueOrDefault(name);
            if (Refuse(name, role, there) is { } refusal)
            {
                notes.Add(refusal);
                continue;
            }
            ours.Add(name);
            if (there is null)
                steps.Add(Create(spec, name, role));
            else
                steps.AddRange(Mend(spec, name, role, there));
            notes.AddRange(Passwords(name, role, there, facts));
        }
        steps.AddRange(MembershipDiffer.Diff(spec, facts, ours, notes));
        steps.AddRange(InDatabases(spec, facts, ours));
        notes.AddRange(RolePrivileges.Lacking(spec, facts, steps));
        notes.AddRange(facts.Left.Select(static identity => Diagnostic.Warning(Codes.Undeclared,
            $"{identity} was made by Howdah and is no longer declared; it is left alone", "roles",
            "declare it again, or drop it by hand: REASSIGN OWNED and DROP OWNED in each database, then DROP ROLE")));
        return new(steps, notes);
    }

    internal static string StepId(string server, string role, string what) => $"roles/{server}/{role}/{what}";

    static Diagnostic? Refuse(string name, RoleSpec role, RoleFacts? there) => there switch
    {
        { Untouchable: true } =>
            Diagnostic.Error(RoleCodes.Untouchable, $"`{name}` is the role that applies, or the server's first role", $"roles.{name}",
            "let another role apply, or take this one out of the file"),
        { Owned: false } when !role.Adopt =>
            Diagnostic.Error(Codes.Stranger, $"a role `{name}` exists that Howdah did not make", $"roles.{name}",
            "adopt: true takes it over as it is declared here; otherwise choose another name"),
        _ => null,
    };

    static Step Create(RolesSpec spec, string name, RoleSpec role)
    {
        var changes = RoleAttributes.Changes(role, null).ToList();
        var options = changes.Select(static change => change.Sql).ToList();
        if (role.Password is { } password)
            options.Add(Sql.Of($"PASSWORD {new SecretHole(spec.Server, name, password.ToString())}"));
        var create = options.Count == 0 ? Sql.Of($"CREATE ROLE {new Ident(name)}")
            : Sql.Of($"CREATE ROLE {new Ident(name)} WITH {Sql.Join(" ", options)}");
        var settings = ServerSetting.Changes(role.Settings, new Dictionary<string, string>());
        var step = Step(spec, name, "create", StepAction.Create, string.Join("; ", [
            .. changes.Select(static change => change.Detail), .. role.Password is null ? [] : (string[])[$"password {role.Password}"],
            .. settings.Select(static setting => setting.Detail)]));
        return step with
        {
            Sql =
            [
                create,
                .. settings.Select(setting => Sql.Of($"ALTER ROLE {new Ident(name)} {setting.Clause}")),
                .. role.Comment is null ? [] : (Sql[])[Comment(name, role.Comment)],
            ],
            Owns = [new("role", name)],
        };
    }

    static IEnumerable<Step> Mend(RolesSpec spec, string name, RoleSpec role, RoleFacts there)
    {
        var adopt = StepId(spec.Server, name, "adopt");
        if (!there.Owned)
        {
            // Changes nothing by itself: what makes the role ours is the record written with the step.
            yield return Step(spec, name, "adopt", StepAction.Alter, "Howdah takes it over") with
            {
                Sql = [Sql.Of($"ALTER ROLE {new Ident(name)} WITH")],
                Owns = [new("role", name)],
            };
        }
        var changes = RoleAttributes.Changes(role, there).ToList();
        if (changes.Count > 0)
        {
            yield return Step(spec, name, "alter", StepAction.Alter, string.Join("; ", changes.Select(static change => change.Detail)),
                adopt) with
            {
                Sql = [Sql.Of($"ALTER ROLE {new Ident(name)} WITH {Sql.Join(" ", changes.Select(static change => change.Sql))}")],
                Hazards = there.InUse ? [new(HazardKind.Downtime, $"{name} has sessions; they stay, but it can make no new ones")] : [],
            };
        }
        if (there.Password == PasswordState.Differs && role.Password is { } password)
        {
            yield return Step(spec, name, "password", StepAction.Alter, $"password {password}", adopt) with
            {
                Sql = [Sql.Of($"ALTER ROLE {new Ident(name)} PASSWORD {new SecretHole(spec.Server, name, password.ToString())}")],
            };
        }
        if (role.Comment is { } comment && comment != (there.Comment ?? ""))
            yield return Step(spec, name, "comment", StepAction.Alter, "comment", adopt) with { Sql = [Comment(name, comment)] };
        foreach (var setting in ServerSetting.Changes(role.Settings,
            there.Settings.GetValueOrDefault("") ?? new Dictionary<string, string>()))
        {
            yield return Step(spec, name, $"setting/{setting.Name}", StepAction.Alter, setting.Detail, adopt) with
            {
                Sql = [Sql.Of($"ALTER ROLE {new Ident(name)} {setting.Clause}")],
            };
        }
    }

    // Settings for one database wait for that database; those of databases that are not the estate's are not ours to reset.
    static IEnumerable<Step> InDatabases(RolesSpec spec, RolesFacts facts, HashSet<string> ours)
    {
        foreach (var (name, role) in spec.Roles.Where(role => ours.Contains(role.Key)))
        {
            foreach (var database in spec.Databases)
            {
                var stored = facts.Roles.GetValueOrDefault(name)?.Settings.GetValueOrDefault(database) ?? new Dictionary<string, string>();
                foreach (var setting in ServerSetting.Changes(role.InDatabases.GetValueOrDefault(database) ?? ServerSetting.None, stored))
                {
                    yield return Step(spec, name, $"in/{database}/{setting.Name}", StepAction.Alter, $"in {database}: {setting.Detail}",
                        StepId(spec.Server, name, "create"),
                            StepId(spec.Server, name, "adopt"), $"databases/{spec.Server}/{database}/create") with
                    {
                        Sql = [Sql.Of($"ALTER ROLE {new Ident(name)} IN DATABASE {new Ident(database)} {setting.Clause}")],
                    };
                }
            }
        }
    }

    static IEnumerable<Diagnostic> Passwords(string name, RoleSpec role, RoleFacts? there, RolesFacts facts)
    {
        if (facts.Unrevealed.GetValueOrDefault(name) is { } missing)
            yield return Diagnostic.Error(RoleCodes.PasswordUnknown, $"the password of the new role `{name}` is not to be had: {missing}",
                $"roles.{name}.password");
        if (there?.Password == PasswordState.Unknown && role.Password is not null)
        {
            yield return Diagnostic.Warning(
                RoleCodes.PasswordUnknown, $"the password of `{name}` was not compared with the server's: {there.PasswordProblem}",
                $"roles.{name}.password", "howdah prove logs in with it and so shows whether it is the declared one");
        }
    }

    static Sql Comment(string name, string comment) => Sql.Of($"COMMENT ON ROLE {new Ident(name)} IS {new Literal(comment)}");

    internal static Step Step(RolesSpec spec, string role, string what, StepAction action, string detail, params string[] after) => new()
    {
        Id = StepId(spec.Server, role, what),
        Server = spec.Server,
        Pattern = RolesPattern.Key,
        Object = $"role {role}",
        Action = action,
        Detail = detail,
        Sql = [],
        After = after,
    };
}
