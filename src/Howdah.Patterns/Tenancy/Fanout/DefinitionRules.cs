using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>The rules for CREATE, ALTER, DROP and COMMENT: by whose the table is that they concern.</summary>
sealed class DefinitionRules(TenantNames names, bool schemas)
{
    static readonly Verdict Policies = Verdict.Skip("policies keep rows apart at home; a place of its own has none");
    static readonly Verdict Servers = Verdict.Skip("roles and databases are the server's");

    internal Verdict Create(SqlStatement statement)
    {
        if (Common(statement) is { } verdict)
            return verdict;
        var at = statement.After(0, "create", "or?", "replace?", "global|local?", "temporary|temp|unlogged?", "unique?", "constraint?");
        if (statement.After(0, "create", "global|local?", "temporary|temp") >= 0)
            return Verdict.Run;
        switch (at < statement.Tokens.Count ? statement.Tokens[at].Value : "")
        {
            case "table":
                return Table(statement, statement.After(at, "table", "if?", "not?", "exists?"));
            case "index":
                var on = statement.Find(at, "on");
                var index = statement.NameAt(statement.After(at, "index", "concurrently?", "if?", "not?", "exists?"));
                var (table, _) = statement.NameAt(statement.After(on, "on", "only?"));
                if (index.Next <= on && index.Parts is [var name] && table is [var schema, _])
                    names.Add(new(schema, name), names.Of(table));
                return By(table);
            case "sequence":
                var (sequence, _) = statement.NameAt(statement.After(at, "sequence", "if?", "not?", "exists?"));
                var owned = statement.Find(at, "owned");
                var whose = owned < 0 ? Whose.Home : names.Of(statement.NameAt(owned + 2).Parts);
                if (sequence is [var of, var own])
                    names.Add(new(of, own), whose);
                return By(sequence);
            case "trigger" or "statistics" or "rule":
                var marker = statement.Tokens[at].Value switch { "trigger" => "on", "rule" => "to", _ => "from" };
                return By(statement.NameAt(statement.Find(at, marker) + 1).Parts);
            case "function" or "procedure" or "aggregate":
                return Code(statement);
            case "view" or "materialized" or "recursive":
                return schemas ? Verdict.Skip("views are home's: a tenant's schema holds its tables only") : Verdict.Run;
            default:
                return schemas ? Verdict.Skip("it is home's, for all tenants") : Verdict.Run;
        }
    }

    internal Verdict Alter(SqlStatement statement)
    {
        if (Common(statement) is { } verdict)
            return verdict;
        switch (statement.Tokens.Count > 1 ? statement.Tokens[1].Value : "")
        {
            case "table" or "index" or "sequence":
                var (name, next) = statement.NameAt(statement.After(1, "table|index|sequence", "if?", "exists?", "only?"));
                return names.Of(name) == Whose.Tenant ? Own(statement, name, next) : By(name);
            case "trigger":
                return By(statement.NameAt(statement.Find(2, "on") + 1).Parts);
            case "default":
                return Verdict.Skip("a tenant's role is given its privileges table by table");
            default:
                return schemas ? Verdict.Skip("it is home's, for all tenants") : Verdict.Run;
        }
    }

    Verdict Own(SqlStatement statement, IReadOnlyList<string> name, int next)
    {
        if (statement.Find(next, "security") is var security and > 0 && statement.Tokens[security - 1].Is("level"))
            return Policies;
        if (statement.After(next, "rename", "to") is var to and >= 0)
            names.Add(new(name[0], statement.Tokens[to].Value), Whose.Tenant);
        if (schemas && statement.After(next, "set", "schema") >= 0)
            return Verdict.Refuse($"it takes {string.Join('.', name)} out of its schema");
        foreach (var word in (string[])["attach", "inherit"])
        {
            if (schemas && statement.After(next, word, "partition?") is var other and >= 0
                && statement.NameAt(other).Parts is { } part && names.Of(part) != Whose.Tenant)
                return Verdict.Refuse($"{string.Join('.', part)} is no tenant's table: make it with PARTITION OF, or declare it");
        }
        return Verdict.Run;
    }

    internal Verdict Drop(SqlStatement statement)
    {
        if (Common(statement) is { } verdict)
            return verdict;
        return (statement.Tokens.Count > 1 ? statement.Tokens[1].Value : "") switch
        {
            "table" or "index" or "sequence" =>
                All(statement.NamesAt(statement.After(1, "table|index|sequence", "concurrently?", "if?", "exists?")).Names),
            "trigger" or "rule" => By(statement.NameAt(statement.Find(2, "on") + 1).Parts),
            _ => schemas ? Verdict.Skip("it is home's, for all tenants") : Verdict.Run,
        };
    }

    internal Verdict Comment(SqlStatement statement)
    {
        var at = statement.After(0, "comment", "on", "table|column|index|sequence");
        if (at >= 0)
            return By(statement.NameAt(at).Parts);
        var on = statement.After(0, "comment", "on", "constraint|trigger|rule") is var thing and >= 0 ? statement.Find(thing, "on") : -1;
        return on >= 0 ? By(statement.NameAt(on + 1).Parts)
            : statement.After(0, "comment", "on", "role|database|policy") >= 0 ? Servers
            : schemas ? Verdict.Skip("it is home's, for all tenants") : Verdict.Run;
    }

    /// <summary>What holds for names in a list: all run, or none.</summary>
    internal Verdict All(IReadOnlyList<IReadOnlyList<string>> list)
    {
        if (!schemas)
            return Verdict.Run;
        var mine = list.Count(name => names.Of(name) == Whose.Tenant);
        return mine == 0 ? By(list.Count > 0 ? list[0] : []) : mine == list.Count ? Verdict.Run
            : Verdict.Refuse("it concerns tenants' tables and others at once: make two statements of it");
    }

    Verdict Table(SqlStatement statement, int at)
    {
        var (name, next) = statement.NameAt(at);
        var of = statement.After(next, "partition", "of");
        var from = statement.Find(next, "inherits");
        var parent = of >= 0 ? statement.NameAt(of).Parts : from >= 0 ? statement.NameAt(from + 2).Parts : [];
        if (name is [var schema, var own])
            names.Add(new(schema, own), names.Of(name) == Whose.Tenant ? Whose.Tenant : names.Of(parent));
        return By(name);
    }

    Verdict By(IReadOnlyList<string> name) => !schemas ? Verdict.Run : names.Of(name) switch
    {
        Whose.Tenant => Verdict.Run,
        Whose.Shared => Verdict.Skip($"{string.Join('.', name.Take(2))} is shared: there is one, at home"),
        _ => Verdict.Skip($"{string.Join('.', name)} is no tenant's table"),
    };

    Verdict Code(SqlStatement statement)
    {
        if (!schemas)
            return Verdict.Run;
        var inside = References.To(names.Schemas, statement.Tokens).Where(each => names.Of(each.Name) == Whose.Tenant)
            .Select(static each => (QName?)each.Name).FirstOrDefault();
        foreach (var body in statement.Tokens.Where(static token => token.Kind is SqlTokenKind.Dollar or SqlTokenKind.Text))
            inside ??= References.InCode(names, body.Value, texts: true);
        return inside is { } table
            ? Verdict.Refuse($"the function's body names {table.Plain}: a function of home's works on home's rows, whoever calls it; "
                + "let it leave the schema out and pin no search_path, or keep such tenants in databases")
            : Verdict.Skip("functions are home's, for all tenants");
    }

    // What is nowhere the tenant's.
    static Verdict? Common(SqlStatement statement)
    {
        if (statement.After(1, "policy") >= 0)
            return Policies;
        if (statement.After(1, "role|user|group|database|tablespace|subscription|system") >= 0)
            return Servers;
        return null;
    }
}
