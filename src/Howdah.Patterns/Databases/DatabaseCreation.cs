using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Databases;

/// <summary>Making a database, and what is chosen for good when it is made.</summary>
static class DatabaseCreation
{
    internal static IEnumerable<Step> Steps(DatabasesSpec spec, string name, DatabaseWish wish, DatabaseFacts? there)
    {
        var (database, literal) = (new Ident(name), new Literal(name));
        var drop = DatabasesDiffer.StepId(spec.Server, name, "drop-leftover");
        if (there is { Invalid: true })
        {
            yield return DatabasesDiffer.Step(spec, name, "drop-leftover",
                StepAction.Drop, "what a DROP DATABASE that was cut short left") with
            {
                Sql = [Sql.Of($"DROP DATABASE {database}")],
                Transactional = false,
                Limits = Limits.Concurrent,
                Done = Sql.Of($"SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = {literal} AND datconnlimit = -2)"),
                Disowns = [new("database", name)],
            };
        }
        var options = Options(wish).ToList();
        // Born with connections refused: between CREATE and REVOKE everybody could connect otherwise, for PUBLIC has CONNECT by default.
        yield return DatabasesDiffer.Step(spec, name, "create", StepAction.Create,
            string.Join("; ", options.Select(static option => option.Detail).Where(static detail => detail.Length > 0)), drop,
            $"roles/{spec.Server}/{wish.Owner}/create", $"databases/{spec.Server}/reach/{wish.Owner}") with
        {
            Sql = [Sql.Of($"CREATE DATABASE {database} WITH {Sql.Join(" ", options.Select(static option => option.Sql))} "
                + $"ALLOW_CONNECTIONS false")],
            Transactional = false,
            Limits = Limits.Concurrent,
            Done = Sql.Of($"SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = {literal} AND datconnlimit <> -2)"),
            Owns = [new("database", name)],
        };
        yield return Close(spec, name);
        foreach (var step in DatabasesDiffer.Settings(spec, name, wish, new Dictionary<string, string>(),
            DatabasesDiffer.StepId(spec.Server, name, "create")))
            yield return step;
    }

    internal static Step Close(DatabasesSpec spec, string name) =>
        DatabasesDiffer.Step(spec, name, "close", StepAction.Revoke, "nothing for the public; then open for connections",
            DatabasesDiffer.StepId(spec.Server, name, "create")) with
        {
            Sql =
            [
                Sql.Of($"REVOKE ALL ON DATABASE {new Ident(name)} FROM PUBLIC"),
                Sql.Of($"ALTER DATABASE {new Ident(name)} WITH ALLOW_CONNECTIONS true"),
            ],
        };

    static IEnumerable<(Sql Sql, string Detail)> Options(DatabaseWish wish)
    {
        yield return (Sql.Of($"OWNER {new Ident(wish.Owner)}"), $"owner {wish.Owner}");
        yield return (Sql.Of($"TEMPLATE {new Ident(wish.Template)}"), wish.Template == "template0" ? "" : $"template {wish.Template}");
        yield return (Sql.Of($"ENCODING {new Literal(wish.Encoding ?? "UTF8")}"), $"encoding {wish.Encoding ?? "UTF8"}");
        if (wish.Locale is { } locale)
        {
            yield return (Sql.Of($"LOCALE_PROVIDER {new Words(locale.Provider)}"), $"locale {locale.Provider} {locale.Name}".TrimEnd());
            if (locale.Name is { } name)
            {
                yield return (locale.Provider switch
                {
                    "icu" => Sql.Of($"ICU_LOCALE {new Literal(name)}"),
                    "builtin" => Sql.Of($"BUILTIN_LOCALE {new Literal(name)}"),
                    _ => Sql.Of($"LOCALE {new Literal(name)}"),
                }, "");
            }
            if (locale.Collate is { } collate)
                yield return (Sql.Of($"LC_COLLATE {new Literal(collate)}"), $"lc_collate {collate}");
            if (locale.Ctype is { } ctype)
                yield return (Sql.Of($"LC_CTYPE {new Literal(ctype)}"), $"lc_ctype {ctype}");
        }
        if (wish.Tablespace is { } tablespace)
            yield return (Sql.Of($"TABLESPACE {new Ident(tablespace)}"), $"tablespace {tablespace}");
        if (wish.ConnectionLimit != -1)
            yield return (Sql.Of($"CONNECTION LIMIT {wish.ConnectionLimit}"), $"connection limit {wish.ConnectionLimit}");
    }

    /// <summary>What stands in the way of making it.</summary>
    internal static IEnumerable<Diagnostic> Notes(string name, DatabaseWish wish, DatabasesFacts facts)
    {
        var user = facts.Server.User;
        if (wish.Locale?.Provider == "builtin" && facts.Server.Major < 17)
            yield return Diagnostic.Error(Codes.CannotServe, $"PostgreSQL {facts.Server.Major} has no builtin locale provider",
                $"databases.{name}.locale", "it came with 17");
        if (facts.Server.IsSuperuser)
            yield break;
        if (!facts.CreatesDatabases)
            yield return Diagnostic.Error(Codes.Privilege, $"{user} may not create databases", $"databases.{name}",
                $"as a superuser: ALTER ROLE {new Ident(user)} CREATEDB");
        if (!facts.CreatesRoles && !facts.Reach.GetValueOrDefault(wish.Owner) && wish.Owner != user)
        {
            yield return Diagnostic.Error(Codes.Privilege, $"{user} cannot become `{wish.Owner}` and so may not give it a database",
                $"databases.{name}.owner",
                $"as a superuser: GRANT {new Ident(wish.Owner)} TO {new Ident(user)}");
        }
    }

    /// <summary>What cannot be changed any more.</summary>
    internal static IEnumerable<Diagnostic> Fixed(string name, DatabaseWish wish, DatabaseFacts there)
    {
        if (wish.Encoding is { } encoding && Plain(encoding) != Plain(there.Encoding))
            yield return Differs("encoding", encoding, there.Encoding);
        if (wish.Tablespace is { } tablespace && tablespace != there.Tablespace)
            yield return Differs("tablespace", tablespace, there.Tablespace);
        if (wish.Locale is not { } locale)
            yield break;
        if (locale.Provider != there.Provider)
            yield return Differs("locale", locale.Provider, there.Provider);
        else if (locale.Provider != "libc" && Plain(locale.Name!) != Plain(there.Locale ?? ""))
            yield return Differs("locale", locale.Name!, there.Locale ?? "");
        else if ((locale.Collate ?? (locale.Provider == "libc" ? locale.Name : null)) is { } collate
            && Plain(collate) != Plain(there.Collate))
            yield return Differs("locale", collate, there.Collate);
        else if ((locale.Ctype ?? (locale.Provider == "libc" ? locale.Name : null)) is { } ctype && Plain(ctype) != Plain(there.Ctype))
            yield return Differs("locale", ctype, there.Ctype);

        Diagnostic Differs(string what, string wanted, string is_) => Diagnostic.Error(DatabaseCodes.Fixed,
            $"the database `{name}` has the {what} {is_}, not {wanted}", $"databases.{name}.{what}",
            "this is chosen when a database is made: declare what it has, or make a new database and move the data");
    }

    // utf8, UTF8 and UTF-8 are one encoding; en_US and en-US one locale.
    static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
