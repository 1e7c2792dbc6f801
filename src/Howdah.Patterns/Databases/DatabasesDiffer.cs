using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Databases;

/// <summary>Says what to do so that each database is as declared.</summary>
static class DatabasesDiffer
{
    internal static Delta Diff(DatabasesSpec spec, DatabasesFacts facts)
    {
        var steps = new List<Step>();
        var notes = new List<Diagnostic>();
        var reached = new HashSet<string>();
        foreach (var (name, wish) in spec.Databases)
        {
            var there = facts.Databases.GetValueOrDefault(name);
            if (Refuse(name, wish, there) is { } refusal)
            {
                notes.Add(refusal);
                continue;
            }
            if (Reach(spec, facts, wish.Owner) is { } reach && reached.Add(wish.Owner))
                steps.Add(reach);
            if (there is null or { Invalid: true })
            {
                steps.AddRange(DatabaseCreation.Steps(spec, name, wish, there));
                notes.AddRange(DatabaseCreation.Notes(name, wish, facts));
            }
            else
            {
                steps.AddRange(Mend(spec, name, wish, there));
                notes.AddRange(DatabaseCreation.Fixed(name, wish, there));
            }
        }
        notes.AddRange(facts.Left.Select(static identity => Diagnostic.Warning(Codes.Undeclared,
            $"{identity} was made by Howdah and is no longer declared; it is left alone", "databases", "declare it again, or DROP "
                + "DATABASE by hand")));
        return new(steps, notes);
    }

    internal static string StepId(string server, string database, string what) => $"databases/{server}/{database}/{what}";

    static Diagnostic? Refuse(string name, DatabaseWish wish, DatabaseFacts? there) => there switch
    {
        { IsMaintenance: true } => Diagnostic.Error(DatabaseCodes.Maintenance,
            $"the connection string of the server names `{name}`, which the estate manages", $"databases.{name}",
            "let the connection string name another database, such as postgres: server-wide work is done there"),
        { Owned: false } when !wish.Adopt =>
            Diagnostic.Error(Codes.Stranger, $"a database `{name}` exists that Howdah did not make", $"databases.{name}",
            "adopt: true takes it over as it is declared here; otherwise choose another name"),
        { Invalid: true, Owned: false } =>
            Diagnostic.Error(DatabaseCodes.Closed, $"the database `{name}` is what a DROP DATABASE that was cut short left",
            $"databases.{name}", $"DROP DATABASE {new Ident(name)}, then run again"),
        { Invalid: false, Open: false, Untouched: false } =>
            Diagnostic.Error(DatabaseCodes.Closed, $"the database `{name}` does not accept connections",
            $"databases.{name}", $"somebody closed it; if that is over: ALTER DATABASE {new Ident(name)} ALLOW_CONNECTIONS true"),
        _ => null,
    };

    // A role that is no superuser can give a database only to a role that it can become, and change it only with that role's rights.
    static Step? Reach(DatabasesSpec spec, DatabasesFacts facts, string owner)
    {
        if (facts.Server.IsSuperuser || !facts.CreatesRoles || facts.Reach.GetValueOrDefault(owner) || owner == facts.Server.User)
            return null;
        var (role, user) = (new Ident(owner), new Ident(facts.Server.User));
        return new()
        {
            Id = $"databases/{spec.Server}/reach/{owner}",
            Server = spec.Server,
            Pattern = DatabasesPattern.Key,
            Object = $"role {facts.Server.User}",
            Action = StepAction.Grant,
            Detail = $"can become {owner}, to work on its databases",
            Sql = [facts.Server.Major >= 16 ? Sql.Of($"GRANT {role} TO {user} WITH INHERIT TRUE, SET TRUE")
                : Sql.Of($"GRANT {role} TO {user}")],
            After = [$"roles/{spec.Server}/{owner}/create"],
        };
    }

    static IEnumerable<Step> Mend(DatabasesSpec spec, string name, DatabaseWish wish, DatabaseFacts there)
    {
        var database = new Ident(name);
        var adopt = StepId(spec.Server, name, "adopt");
        if (!there.Owned)
        {
            // The statement repeats what is; what makes the database ours is the record written with the step.
            yield return Step(spec, name, "adopt", StepAction.Alter, "Howdah takes it over") with
            {
                Sql = [Sql.Of($"ALTER DATABASE {database} WITH CONNECTION LIMIT {there.ConnectionLimit}")],
                Owns = [new("database", name)],
            };
        }
        if (there is { Open: false, Untouched: true })
            yield return DatabaseCreation.Close(spec, name);
        if (there.Owner != wish.Owner)
        {
            yield return Step(spec, name, "owner", StepAction.Alter, $"owner {there.Owner} → {wish.Owner}", adopt,
                $"roles/{spec.Server}/{wish.Owner}/create", $"databases/{spec.Server}/reach/{wish.Owner}") with
            {
                Sql = [Sql.Of($"ALTER DATABASE {database} OWNER TO {new Ident(wish.Owner)}")],
            };
        }
        if (there.ConnectionLimit != wish.ConnectionLimit)
        {
            yield return Step(spec, name, "limit", StepAction.Alter, $"connection limit {there.ConnectionLimit} → {wish.ConnectionLimit}",
                adopt) with
            {
                Sql = [Sql.Of($"ALTER DATABASE {database} WITH CONNECTION LIMIT {wish.ConnectionLimit}")],
            };
        }
        foreach (var step in Settings(spec, name, wish, there.Settings, adopt))
            yield return step;
    }

    internal static IEnumerable<Step> Settings(DatabasesSpec spec, string name, DatabaseWish wish,
        IReadOnlyDictionary<string, string> stored, string after) =>
        ServerSetting.Changes(wish.Settings, stored)
            .Select(setting => Step(spec, name, $"setting/{setting.Name}", StepAction.Alter, setting.Detail, after) with
        {
            Sql = [Sql.Of($"ALTER DATABASE {new Ident(name)} {setting.Clause}")],
        });

    internal static Step Step(DatabasesSpec spec, string database, string what, StepAction action, string detail, params string[] after) =>
        new()
    {
        Id = StepId(spec.Server, database, what),
        Server = spec.Server,
        Pattern = DatabasesPattern.Key,
        Object = $"database {database}",
        Action = action,
        Detail = detail,
        Sql = [],
        After = after,
    };
}
