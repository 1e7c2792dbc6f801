using System.Text;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>
/// Makes of a migration what runs in tenants' places: names of tenants' tables get the place's schema, applications' roles become the
/// tenant's own, what is not the tenant's is left out. Works on tokens, so texts and comments stay as they are.
/// </summary>
/// <param name="names">Whose which name is; learns from each migration.</param>
/// <param name="schemas">Whether the places are schemas of the home database.</param>
/// <param name="applications">The roles in whose stead a tenant's own stands.</param>
/// <param name="column">The tenant column.</param>
sealed class PlaceRewriter(TenantNames names, bool schemas, IReadOnlySet<string> applications, string column)
{
    readonly StatementRules rules = new(names, schemas, applications);
    static readonly string Hole = PlacedMigration.Hole.ToString();

    internal PlacedMigration Rewrite(HomeMigration migration)
    {
        var (left, refused, made) = (new List<StatementNote>(), new List<StatementNote>(), new List<QName>());
        var (builds, removes) = (new List<QName>(), new List<QName>());
        var text = migration.Text;
        if (migration.IsForHome || text.Contains(PlacedMigration.Hole, StringComparison.Ordinal))
        {
            var note = new StatementNote(1, "the file", migration.IsForHome ? "it says that it is home's only"
                : "it holds the character U+E000, which marks places here");
            return new(migration, "", migration.IsForHome ? [note] : [], migration.IsForHome ? [] : [note], [], [], []);
        }
        var edits = new Edits(text);
        var runs = 0;
        foreach (var statement in SqlStatement.Split(SqlLexer.Read(text)))
        {
            var verdict = rules.Judge(statement);
            switch (verdict.Fate)
            {
                case Fate.Run:
                    runs++;
                    Place(statement, edits, made);
                    if (!migration.Transactional)
                        Alone(statement, builds, removes, refused, text);
                    break;
                case Fate.Skip:
                    left.Add(Note(statement, text, verdict.Why));
                    edits.Blank(statement.Start, statement.End, text);
                    break;
                default:
                    refused.Add(Note(statement, text, verdict.Why));
                    break;
            }
        }
        return new(migration, runs == 0 ? "" : edits.Done(), left, refused, made, builds, removes);
    }

    void Place(SqlStatement statement, Edits edits, List<QName> made)
    {
        var tokens = statement.Tokens;
        if (schemas)
        {
            foreach (var reference in Tenants(tokens))
                edits.Put(reference.Schema.Start, reference.Schema.End, Hole);
            if (tokens[0].Is("do") && tokens.FirstOrDefault(static token => token.Kind == SqlTokenKind.Dollar) is { Length: > 0 } body)
            {
                var inside = body.Start + TagLength(edits.Text, body);
                foreach (var reference in Tenants(References.Significant(body.Value)))
                    edits.Put(inside + reference.Schema.Start, inside + reference.Schema.End, Hole);
            }
        }
        if (tokens[0].IsAny("grant", "revoke"))
            Grant(statement, edits);
        if (statement.After(0, "create", "unlogged?", "table", "if?", "not?", "exists?") is var at and >= 0)
        {
            var (name, next) = statement.NameAt(at);
            if (name is [var schema, var own] && names.Of(name) == Whose.Tenant && statement.After(next, "partition", "of") < 0)
            {
                made.Add(new(schema, own));
                Whole(statement, next, edits);
            }
        }
    }

    // In a place there is one tenant only, so a table that is partitioned by it at home is a plain one there.
    void Whole(SqlStatement statement, int from, Edits edits)
    {
        if (statement.Find(from, "partition") is var at and > 0 && statement.After(at, "partition", "by", "list") is var list and >= 0
            && list + 2 < statement.Tokens.Count && statement.Tokens[list].Is('(') && statement.Tokens[list + 1].Value == column
            && statement.Tokens[list + 2].Is(')'))
            edits.Blank(statement.Tokens[at].Start, statement.Tokens[list + 2].End, edits.Text);
    }

    IEnumerable<Reference> Tenants(IReadOnlyList<SqlToken> tokens) =>
        References.To(names.Schemas, tokens).Where(each => names.Of(each.Name) == Whose.Tenant);

    void Grant(SqlStatement statement, Edits edits)
    {
        if (schemas && statement.Find(1, "schema") is var all and > 0 && statement.Tokens[all - 1].Is("in"))
            edits.Put(statement.Tokens[all + 1].Start, statement.Tokens[all + 1].End, Hole);
        var from = statement.Find(1, "to", "from") + 1;
        var count = StatementRules.Grantees(statement).Count();
        var last = from;
        for (var seen = 0; seen < count; last++)
        {
            if (statement.Tokens[last].IsName && !statement.Tokens[last].Is("group"))
                seen++;
        }
        edits.Put(statement.Tokens[from].Start, statement.Tokens[last - 1].End, Hole);
    }

    static void Alone(SqlStatement statement, List<QName> builds, List<QName> removes, List<StatementNote> refused, string text)
    {
        if (statement.After(0, "create", "unique?", "index", "concurrently", "if?", "not?", "exists?") is var make and >= 0)
        {
            var on = statement.Find(make, "on");
            var (table, _) = statement.NameAt(statement.After(on, "on", "only?"));
            if (statement.NameAt(make) is ([var name], var next) && next <= on && table is [var schema, _])
                builds.Add(new(schema, name));
            else
                refused.Add(Note(statement, text,
                    "an index that is built outside a transaction needs a name, so that a crash can be mended"));
        }
        else if (statement.After(0, "drop", "index", "concurrently", "if?", "exists?") is var drop and >= 0)
        {
            removes.AddRange(statement.NamesAt(drop).Names.Where(static name => name.Count == 2).Select(
                static name => new QName(name[0], name[1])));
        }
        else
        {
            refused.Add(Note(statement, text,
                "outside a transaction only CREATE and DROP INDEX CONCURRENTLY can be settled after a crash"));
        }
    }

    static int TagLength(string text, SqlToken body) => text.IndexOf('$', body.Start + 1) + 1 - body.Start;

    static StatementNote Note(SqlStatement statement, string text, string why) => new(
        text[..statement.Start].Count(static c => c == '\n') + 1,
        string.Join(' ', statement.Tokens.Take(6).TakeWhile(static token => token.IsName || token.Is('.')).Select(
            static token => token.Value))
            .Replace(" . ", ".", StringComparison.Ordinal), why);

    /// <summary>Changes to a text, each at its place in the old one.</summary>
    sealed class Edits(string text)
    {
        readonly List<(int Start, int End, string By)> edits = [];

        internal string Text => text;

        internal void Put(int start, int end, string by) => edits.Add((start, end, by));

        /// <summary>Takes a statement out and leaves its lines, so that the server counts as the file does; its semicolon alone is
        /// none.</summary>
        internal void Blank(int start, int end, string from) =>
            Put(start, end, new string('\n', from.AsSpan(start, end - start).Count('\n')));

        internal string Done()
        {
            var done = new StringBuilder();
            var at = 0;
            foreach (var (start, end, by) in edits.OrderBy(static edit => edit.Start))
            {
                done.Append(text, at, start - at).Append(by);
                at = end;
            }
            return done.Append(text, at, text.Length - at).ToString();
        }
    }
}
