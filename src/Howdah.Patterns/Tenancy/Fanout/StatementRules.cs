using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>
/// Says of each statement of a migration whether it runs in tenants' places. In a schema what concerns a tenant's tables runs, and the rest
/// was done at home; in a database all runs but what is the server's. Rows that a migration loads are loaded at home only.
/// </summary>
/// <param name="names">Whose which name is.</param>
/// <param name="schemas">Whether the place is a schema of the home database; else a database with home's names.</param>
/// <param name="applications">The roles in whose stead a tenant's own role stands.</param>
sealed class StatementRules(TenantNames names, bool schemas, IReadOnlySet<string> applications)
{
    readonly DefinitionRules definitions = new(names, schemas);

    internal Verdict Judge(SqlStatement statement)
    {
        var verdict = statement.Tokens[0].Value switch
        {
            _ when !statement.Tokens[0].IsName => Verdict.Refuse("it begins with no word of SQL"),
            "create" => definitions.Create(statement),
            "alter" => definitions.Alter(statement),
            "drop" => definitions.Drop(statement),
            "comment" => definitions.Comment(statement),
            "grant" or "revoke" => Grant(statement),
            "insert" => Insert(statement, 0),
            "with" => With(statement),
            "update" or "delete" or "truncate" or "merge" or "lock" => Change(statement, 0),
            "select" or "values" or "table" or "analyze" or "vacuum" or "reindex" or "cluster" => Mention(statement),
            "do" => Block(statement),
            "set" or "reset" => Setting(statement),
            "call" => schemas ? Verdict.Skip("the procedure is home's and ran there") : Verdict.Run,
            "refresh" or "security" or "import" or "notify" or "reassign" => schemas ? Verdict.Skip("it concerns nothing of a tenant's")
                : Verdict.Run,
            var other => Verdict.Refuse($"{other.ToUpperInvariant()} has no rule for tenants' places"),
        };
        return verdict.Fate == Fate.Run && schemas ? Checked(statement) : verdict;
    }

    // What runs may name tenants' and shared tables, types and functions; another table of home's holds rows of everybody.
    Verdict Checked(SqlStatement statement)
    {
        foreach (var reference in References.To(names.Schemas, statement.Tokens))
        {
            if (names.IsStranger(reference.Name))
                return Verdict.Refuse($"it names {reference.Name.Plain}, which is neither a tenant's nor shared; declare it under tenancy");
        }
        return References.AsText(names, statement.Tokens) is { } text
            ? Verdict.Refuse($"it names {text.Plain} in a text, which would stay home's in every place; use an identity column, or the "
                + "name itself")
            : Verdict.Run;
    }

    Verdict Grant(SqlStatement statement)
    {
        var to = statement.Find(1, "to", "from");
        var on = statement.Find(1, "on");
        if (to < 0 || on < 0 || on > to)
            return Verdict.Skip("roles are the server's");
        if (!Grantees(statement).Any(role => role == "public" || applications.Contains(role)))
            return Verdict.Skip("it concerns no application's role");
        if (statement.After(on + 1, "database|tablespace|language|foreign|large|parameter") >= 0)
            return Verdict.Skip("it concerns nothing of a tenant's");
        if (!schemas)
            return Verdict.Run;
        if (statement.After(on + 1, "all", "tables|sequences", "in", "schema") is var all and >= 0)
            return statement.NamesAt(all).Names is [[var schema]] && names.Schemas.Contains(schema) ? Verdict.Run
                : Verdict.Skip("it concerns other schemas, too; home's were served");
        var at = Math.Max(on + 1, statement.After(on + 1, "table|sequence"));
        return at == on + 1 && statement.Tokens[at + 1] is var next && !next.Is('.') ? Verdict.Skip("it concerns no tenant's table")
            : definitions.All(statement.NamesAt(at).Names);
    }

    /// <summary>The roles that GRANT and REVOKE name.</summary>
    internal static IEnumerable<string> Grantees(SqlStatement statement)
    {
        var at = statement.Find(1, "to", "from") + 1;
        while (at < statement.Tokens.Count && statement.Tokens[at].IsName)
        {
            at = Math.Max(at, statement.After(at, "group"));
            yield return statement.Tokens[at].Value;
            if (at + 1 >= statement.Tokens.Count || !statement.Tokens[at + 1].Is(','))
                yield break;
            at += 2;
        }
    }

    Verdict Insert(SqlStatement statement, int at)
    {
        var into = statement.After(at, "insert", "into");
        var (target, next) = statement.NameAt(Math.Max(into, at));
        if (names.Of(target) != Whose.Tenant)
            return Target(target);
        // INSERT … VALUES brings rows from outside: they were given to their tenants at home. Rows made from the tenant's own are made
        // here.
        return References.To(names.Schemas, statement.Tokens).Any(each => names.Of(each.Name) == Whose.Tenant
                && (each.At < at || each.At >= next))
            ? Verdict.Run : Verdict.Skip("rows are loaded at home, not again in each place");
    }

    Verdict With(SqlStatement statement)
    {
        var verb = statement.Find(1, "insert", "update", "delete", "merge", "select", "values", "table");
        return verb < 0 ? Verdict.Refuse("WITH without a statement") : statement.Tokens[verb].Value switch
        {
            "insert" => Insert(statement, verb),
            "select" or "values" or "table" => Mention(statement),
            _ => Change(statement, verb),
        };
    }

    Verdict Change(SqlStatement statement, int at)
    {
        var from = statement.After(at, "update|delete|truncate|merge|lock", "from?", "into?", "table?", "only?");
        var (listed, _) = statement.NamesAt(from);
        return statement.Tokens[at].IsAny("truncate", "lock") ? (schemas ? definitions.All(listed) : Verdict.Run)
            : Target(listed.Count > 0 ? listed[0] : []);
    }

    Verdict Target(IReadOnlyList<string> target) => names.Of(target) switch
    {
        Whose.Tenant => Verdict.Run,
        Whose.Shared when schemas => Verdict.Skip($"{target[1]} is shared: home's rows are everybody's"),
        Whose.Home when schemas => Verdict.Skip($"{string.Join('.', target)} is no tenant's table"),
        _ => Verdict.Run,
    };

    Verdict Mention(SqlStatement statement) =>
        !schemas || References.To(names.Schemas, statement.Tokens).Any(each => names.Of(each.Name) == Whose.Tenant) ? Verdict.Run
            : Verdict.Skip("it names no tenant's table");

    Verdict Block(SqlStatement statement)
    {
        var body = statement.Tokens.FirstOrDefault(static token => token.Kind is SqlTokenKind.Dollar or SqlTokenKind.Text);
        if (!schemas)
            return Verdict.Run;
        if (References.InCode(names, body.Value ?? "", texts: false) is null)
            return References.InCode(names, body.Value ?? "", texts: true) is { } hidden ? Refused(hidden)
                : Verdict.Skip("the block names no tenant's table");
        foreach (var inner in References.Significant(body.Value!).Where(
            static token => token.Kind is SqlTokenKind.Text or SqlTokenKind.Dollar))
        {
            if (References.InCode(names, inner.Value, texts: true) is { } hidden)
                return Refused(hidden);
        }
        return body.Kind == SqlTokenKind.Dollar ? Verdict.Run
            : Verdict.Refuse("a block that names tenants' tables stands between dollar signs: DO $$ … $$");

        static Verdict Refused(QName hidden) => Verdict.Refuse(
            $"the block names {hidden.Plain} in a text, which cannot be told from other texts; write the statement itself");
    }

    static Verdict Setting(SqlStatement statement)
    {
        var at = statement.After(0, "set|reset", "local|session?");
        return statement.Tokens.Count > at && statement.Tokens[at].IsAny("search_path", "role", "authorization", "schema", "all")
            ? Verdict.Skip("each place has its own") : Verdict.Run;
    }
}
