using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Engine.Servers;

namespace Howdah.Patterns.Roles;

/// <summary>Reads what is declared of roles, in five queries at most.</summary>
static class RolesInspector
{
    static readonly CatalogQuery Applier = CatalogQuery.Load(typeof(RolesInspector), "applier.sql");
    static readonly CatalogQuery Roles = CatalogQuery.Load(typeof(RolesInspector), "roles.sql");
    static readonly CatalogQuery Memberships = CatalogQuery.Load(typeof(RolesInspector), "memberships.sql");
    static readonly CatalogQuery Settings = CatalogQuery.Load(typeof(RolesInspector), "settings.sql");
    static readonly CatalogQuery Verifiers = CatalogQuery.Load(typeof(RolesInspector), "verifiers.sql");

    internal static async Task<RolesFacts> InspectAsync(RolesSpec spec, Catalog catalog, CancellationToken token)
    {
        string[] names = [.. spec.Roles.Keys];
        string[] silent = [.. spec.Roles.Where(static role => !role.Value.Login).Select(static role => role.Key)];
        var applier = (await catalog.QueryAsync(Applier, static row =>
            new ApplierFacts(row.GetBoolean(0), row.GetBoolean(1), row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4)), token))
                .Single();
        var settings = await catalog.QueryAsync(Settings, static row =>
            (Role: row.GetString(0), Database: row.GetString(1), Setting: row.GetString(2)), token, [names]);
        var roles = await catalog.QueryAsync(Roles, row => (Name: row.GetString(0), Facts: new RoleFacts(
            Superuser: row.GetBoolean(1), Inherit: row.GetBoolean(2), CreateRole: row.GetBoolean(3), CreateDb: row.GetBoolean(4),
                Login: row.GetBoolean(5),
            Replication: row.GetBoolean(6), BypassRls: row.GetBoolean(7), ConnectionLimit: row.GetInt32(8),
            ValidUntil: row.IsDBNull(9) ? null : row.GetString(9), Comment: row.IsDBNull(10) ? null : row.GetString(10),
            Owned: catalog.Owned.Contains("role", row.GetString(0)), Untouchable: row.GetBoolean(11), Administered: row.GetBoolean(12),
            InUse: row.GetBoolean(13), Settings: new Dictionary<string, IReadOnlyDictionary<string, string>>(),
            Password: PasswordState.Undeclared, PasswordProblem: null)), token, names, silent);
        var memberships = await catalog.QueryAsync(Memberships, static row => new MembershipFacts(row.GetString(0), row.GetString(1),
            row.IsDBNull(2) ? null : row.GetString(2), row.GetBoolean(3), row.GetBoolean(4), row.GetBoolean(5), row.GetBoolean(6),
                row.GetBoolean(7),
            row.GetBoolean(8)), token, [names]);
        var passwords = await PasswordsAsync(spec, roles.Select(static role => role.Name), applier, catalog, token);
        var byRole = settings.ToLookup(static each => each.Role);
        return new(catalog.Server, applier, roles.ToDictionary(static role => role.Name, role => role.Facts with
            {
                Settings = Split(byRole[role.Name].Select(static each => (each.Database, each.Setting))),
                Password = passwords.GetValueOrDefault(role.Name).State,
                PasswordProblem = passwords.GetValueOrDefault(role.Name).Problem,
            }),
            memberships, Left(spec, catalog), Unrevealed(spec, roles.Select(static role => role.Name), catalog));
    }

    static Dictionary<string, IReadOnlyDictionary<string, string>> Split(IEnumerable<(string Database, string Setting)> settings) =>
        settings.GroupBy(static each => each.Database).ToDictionary(static group => group.Key, static group =>
            (IReadOnlyDictionary<string, string>)group.Select(static each => each.Setting.Split('=', 2))
                .ToDictionary(static pair => pair[0], static pair => pair[1]));

    static async Task<Dictionary<string, (PasswordState State, string? Problem)>> PasswordsAsync(
        RolesSpec spec, IEnumerable<string> existing, ApplierFacts applier, Catalog catalog, CancellationToken token)
    {
        var asked = existing.Where(name => spec.Roles[name] is { Login: true, Password: not null }).ToArray();
        if (!applier.ReadsVerifiers)
            return asked.ToDictionary(static name => name, name =>
                (PasswordState.Unknown, (string?)$"{catalog.Server.User} may not read pg_authid"));
        // The verifier goes no further than this lambda.
        var compared = await catalog.QueryAsync(Verifiers, row =>
            (Name: row.GetString(0), Result: Compare(spec, row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), catalog)), token,
                [asked]);
        return compared.ToDictionary(static each => each.Name, static each => each.Result);
    }

    static (PasswordState, string?) Compare(RolesSpec spec, string role, string? verifier, Catalog catalog)
    {
        var problem = "no secrets are to be had here";
        if (catalog.Secrets?.Reveal(catalog.Server.Name, role, spec.Roles[role].Password!, out problem) is not { } password)
            return (PasswordState.Unknown, problem);
        return (Scram.Matches(verifier, password) ? PasswordState.Same : PasswordState.Differs, null);
    }

    // A generated password is not made for a mere plan; the others must be there before anything is done.
    static Dictionary<string, string> Unrevealed(RolesSpec spec, IEnumerable<string> existing, Catalog catalog)
    {
        var problems = new Dictionary<string, string>();
        foreach (var name in spec.Roles.Keys.Except(existing))
        {
            if (spec.Roles[name].Password is { Kind: not "generated" } reference && catalog.Secrets is { } secrets
                && secrets.Reveal(catalog.Server.Name, name, reference, out var problem) is null)
                problems[name] = problem ?? "the secret is not to be had";
        }
        return problems;
    }

    static List<string> Left(RolesSpec spec, Catalog catalog)
    {
        var declared = spec.Roles.Keys.Select(static name => new OwnedObject("role", name).Identity).ToHashSet();
        return [.. catalog.Owned.Identities.Where(identity => identity.StartsWith("role ", StringComparison.Ordinal)
            && !declared.Contains(identity))
            .Order(StringComparer.Ordinal)];
    }
}
