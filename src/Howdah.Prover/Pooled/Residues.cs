using Howdah.Engine.Planning;
using Howdah.Engine.Proving;

namespace Howdah.Prover.Pooled;

/// <summary>What a session can hold besides its context: one attack each.</summary>
static class Residues
{
    const string Features = "https://www.pgbouncer.org/features.html (SQL feature map for pooling modes)";

    internal static readonly Attack Tables = new("TEN-E07P",
        "No client of a pooler finds another's temporary tables in place of the real ones",
        Gravity.High, true,
        "One client makes an empty temporary table of a name of its own; a break is the next client on the same server connection finding "
            + "it by that name. It is then renamed to a tenants' table in a transaction that is rolled back, to see what that name means.",
        Features + "; reproduced on PgBouncer 1.18",
        "Temporary tables are found before all others when a name is not qualified. Who can make one once (an injection is enough) has the "
            + "next tenant write its rows into a table that the one before reads.");

    internal static readonly Attack Statements = new("TEN-E08P", "No client of a pooler can use another's prepared statements and cursors",
        Gravity.High, true,
        "One client prepares a statement by name and opens a cursor WITH HOLD; a break is the next client on the same server connection "
            + "getting a row by EXECUTE or FETCH.", Features + "; reproduced on PgBouncer 1.18",
        "A cursor WITH HOLD keeps the rows of the tenant that opened it, and no policy is asked again when another fetches them; a "
            + "prepared statement of the same name is the last client's, not yours.");

    internal static readonly Attack Locks = new("TEN-E11P", "No client of a pooler holds or frees another's advisory locks",
        Gravity.Medium, true,
        "One client takes a session advisory lock on a number drawn by the server; a break is the next client on the same server "
            + "connection being able to free it.", Features,
        "Two workers behind one server connection both get the lock that should keep one of them out, and a lock whose owner was given "
            + "another server connection is never freed. Use pg_advisory_xact_lock.");

    internal static readonly Attack Path = new("TEN-E14", "No client of a pooler rules where another's table names lead",
        Gravity.High, true,
        "One client appends a schema that does not exist to its search_path; a break is the next client on the same server connection "
            + "finding it in its own.",
        "https://github.com/pgbouncer/pgbouncer/pull/1580; https://github.com/django-tenants/django-tenants/issues/1112",
        "With one schema per tenant, search_path is the tenant: what is read and written by a name that is not qualified is the last "
            + "client's. PgBouncer can follow it only since PostgreSQL 18, and only where it was told to.");

    internal static readonly Attack Roles = new("TEN-E15P", "No client of a pooler goes on as a role that another became",
        Gravity.Critical, true,
        "A login that can become other roles says SET ROLE to itself, which changes nothing and can be seen; a break is the next client on "
            + "the same server connection seeing it.", "https://www.postgresql.org/docs/current/sql-set-role.html",
        "Where the role is the tenant (policies ask current_user), the next client is the last one's tenant until it sets its own.");

    internal static readonly Attack Channels = new("TEN-E16P", "No client of a pooler gets what another listens for", Gravity.Medium, true,
        "One client listens on a channel of a name of its own; a break is the next client on the same server connection listening there "
            + "too.", Features,
        "Notifications, with what they carry, go to whoever has the server connection at the moment: a client that never asked for them, "
            + "and not to the one that did.");

    /// <summary>What is left and looked for.</summary>
    internal static IReadOnlyList<Residue> Of(Stage stage)
    {
        var name = stage.Mark.Name;
        var word = new Literal(name.Name);
        var (first, second) = (Sql.Of($"execute {name}"), Sql.Of($"fetch {name}"));
        return
        [
            new(Tables, Sql.Of($"create temporary table {name} () on commit delete rows"),
                Sql.Of($"select to_regclass({word}) is not null"), "found the first client's temporary table by its bare name",
                [Sql.Of($"drop table pg_temp.{name}")])
            {
                // The victim's own discipline does not help it: its bare names lead to what another has made.
                Bearable = false,
                Fix = Sql.Of($"revoke temporary on database {new Ident(stage.Pool.Database)} from public, {new Ident(stage.Pool.Role)}")
                    + $";\n{Fixes.Interleaved}",
                Further = (client, token) => ShadowAsync(client, stage, token),
            },
            new(Statements, Sql.Of($"""
                prepare {name} as select {word}::text;
                declare {name} cursor with hold for select {word}::text
                """), Sql.Of($"""
                select exists (select from pg_prepared_statements where name = {word})
                  or exists (select from pg_cursors where name = {word})
                """), "had the first client's prepared statement or cursor", [Sql.Of($"deallocate {name}"), Sql.Of($"close {name}")])
            {
                Further = async (client, token) =>
                {
                    var executed = await client.TryAsync(() => client.AskAsync<string>(first, token), token);
                    var fetched = await client.TryAsync(() => client.AskAsync<string>(second, token), token);
                    var got = new List<string>();
                    if (executed.Result == name.Name)
                        got.Add($"ran the first client's prepared statement by EXECUTE");
                    if (fetched.Result == name.Name)
                        got.Add($"read a row from the first client's cursor WITH HOLD by FETCH");
                    return string.Join(", and ", got);
                },
            },
            new(Locks, Sql.Of($"select pg_try_advisory_lock({stage.Mark.Key})"), Sql.Of($"select pg_advisory_unlock({stage.Mark.Key})"),
                "freed the advisory lock that the first one holds", [Sql.Of($"select pg_advisory_unlock({stage.Mark.Key})")]),
            new(Path, Sql.Of($"""
                select set_config('search_path',
                  concat_ws(', ', nullif(current_setting('search_path'), ''), {word}), false)
                """), Sql.Of($"select strpos(current_setting('search_path'), {word}) > 0"),
                "had the search_path that the first one set" + (stage.Surface.TenantSchemas.Count > 0
                    ? $"; {stage.Surface.TenantSchemas.Count} schemas here hold one tenant each" : ""),
                // What stood before ours may be somebody's: only ours goes.
                [Sql.Of($"""
                    select set_config('search_path', regexp_replace(current_setting('search_path'), ',? ?' || {word} || '$', ''), false)
                    """)]),
            new(Roles, Sql.Of($"select set_config('role', session_user::text, false)"),
                Sql.Of($"select current_setting('role') <> 'none'"), "went on as the role that the first one had set",
                [Sql.Of($"reset role")])
            {
                Before = BecomeAsync,
            },
            new(Channels, Sql.Of($"listen {name}"),
                Sql.Of($"select exists (select from pg_listening_channels() channel where channel = {word})"),
                "listened on the first client's channel", [Sql.Of($"unlisten {name}")]),
        ];
    }

    // Undone with the savepoint: the name of a real table is never in another client's way.
    static async Task<string> ShadowAsync(Client client, Stage stage, CancellationToken token)
    {
        const string Found = "found the first client's temporary table by its bare name";
        if (stage.Surface.Tables.Count == 0)
            return Found;
        var table = new Ident(stage.Surface.Tables[0].Name.Name);
        var shadowed = await client.TryAsync(async () =>
        {
            await client.RunAsync(Sql.Of($"alter table pg_temp.{stage.Mark.Name} rename to {table}"), token);
            return await client.AskAsync<bool>(Sql.Of($"""
                select relnamespace = pg_my_temp_schema() from pg_class where oid = to_regclass({new Literal(table.ToString())})
                """), token);
        }, token);
        return shadowed.Result ? $"{Found}; called {table} like the tenants' table {stage.Surface.Tables[0].Name}, it was in that one's "
            + "place (tried in a transaction that was rolled back)" : Found;
    }

    static async Task<(Verdict, string)?> BecomeAsync(Client client, CancellationToken token)
    {
        if (await client.AskAsync<string>(Questions.Read("role"), token) is not "none" and var role)
            return (Verdict.Inconclusive, $"its sessions begin as the role {role} already, and another would be in other clients' way");
        return await client.AskAsync<bool>(Sql.Of($"""
            select exists (select from pg_roles r where r.rolname <> session_user and pg_has_role(session_user, r.oid, 'MEMBER'))
            """), token) ? null : (Verdict.Held, "it is a member of no other role: there is none that it can become");
    }
}
