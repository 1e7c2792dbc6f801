using Howdah.Engine.Planning;

namespace Howdah.Patterns.Grants;

/// <summary>What has to change for one grantee on one object; one step, so that nobody is without a privilege in between.</summary>
sealed class GrantChanges(ObjectName name, string grantee, string owner)
{
    readonly List<Sql> given = [];
    readonly List<Sql> taken = [];
    readonly List<string> words = [];

    internal void Compare(string column, IReadOnlyDictionary<string, bool> wanted, IReadOnlyList<Given> seen)
    {
        // Granted by the owner is how we grant; what others granted is theirs to take back, so it is taken back in their name.
        foreach (var grantor in seen.Where(each => !wanted.ContainsKey(each.Privilege)).GroupBy(each => each.Grantor)
            .OrderBy(each => each.Key, StringComparer.Ordinal))
            Take(column, [.. grantor.Select(each => each.Privilege).Distinct()], grantor.Key, optionOnly: false);
        foreach (var grantor in seen.Where(each => each.Grantable && wanted.TryGetValue(each.Privilege, out var pass) && !pass)
                     .GroupBy(each => each.Grantor).OrderBy(each => each.Key, StringComparer.Ordinal))
            Take(column, [.. grantor.Select(each => each.Privilege).Distinct()], grantor.Key, optionOnly: true);
        foreach (var pass in (bool[])[false, true])
        {
            var missing = wanted.Where(each => each.Value == pass
                && !seen.Any(has => has.Privilege == each.Key && (has.Grantable || !pass)))
                .Select(each => each.Key).Order(StringComparer.Ordinal).ToList();
            if (missing.Count == 0)
                continue;
            words.Add($"+ {string.Join(", ", missing)}{(column.Length > 0 ? $" ({column})" : "")}{(pass ? " with grant option" : "")}");
            given.Add(Sql.Of($"grant {List(missing, column)} on {name.Sql} to {Grantee}{(pass ? Sql.Of($" with grant option") : null)}"));
        }
    }

    internal Step? Step(GrantsSpec spec) => given.Count + taken.Count == 0 ? null : new Step
    {
        Id = $"grants/{spec.Database}/{name.Text}/{grantee}",
        Server = spec.Server,
        Database = spec.Database,
        Pattern = GrantsDiffer.Key,
        Object = $"{name.Text} for {grantee}",
        Action = taken.Count == 0 ? StepAction.Grant : given.Count == 0 ? StepAction.Revoke : StepAction.Alter,
        Detail = string.Join("  ", words),
        Sql = [.. given, .. taken],
    };

    void Take(string column, List<string> privileges, string grantor, bool optionOnly)
    {
        privileges.Sort(StringComparer.Ordinal);
        words.Add($"- {(optionOnly ? "grant option of " : "")}{string.Join(", ", privileges)}{(column.Length > 0 ? $" ({column})" : "")}"
            + $"{(grantor == owner ? "" : $" (granted by {grantor})")}");
        var revoke = Sql.Of($"revoke {(optionOnly ? Sql.Of($"grant option for ") : null)}{List(privileges, column)} on {name.Sql} from "
            + $"{Grantee} cascade");
        if (grantor == owner)
        {
            taken.Add(revoke);
            return;
        }
        taken.Add(Sql.Of($"set local role {new Ident(grantor)}"));
        taken.Add(revoke);
        taken.Add(Sql.Of($"reset role"));
    }

    Sql Grantee => grantee == "public" ? Sql.Of($"public") : Sql.Of($"{new Ident(grantee)}");

    static Sql List(List<string> privileges, string column) => Sql.Join(", ", privileges.Select(privilege =>
        column.Length > 0 ? Sql.Of($"{new Words(privilege)} ({new Ident(column)})") : Sql.Of($"{new Words(privilege)}")));
}
