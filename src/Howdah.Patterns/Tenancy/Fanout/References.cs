using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>A name with its schema in a statement.</summary>
/// <param name="Name">The name.</param>
/// <param name="Schema">The token that names the schema.</param>
/// <param name="At">Where that token stands in its list.</param>
readonly record struct Reference(QName Name, SqlToken Schema, int At);

/// <summary>Finds names that carry a schema.</summary>
static class References
{
    /// <summary>Every <c>schema.name</c> whose schema is one of these; what follows a dot itself is a column or field.</summary>
    internal static IEnumerable<Reference> To(IReadOnlySet<string> schemas, IReadOnlyList<SqlToken> tokens, int from = 0)
    {
        for (var i = from; i + 2 < tokens.Count; i++)
        {
            if (tokens[i].IsName && schemas.Contains(tokens[i].Value) && tokens[i + 1].Is('.') && tokens[i + 2].IsName
                && (i == 0 || !tokens[i - 1].Is('.')))
                yield return new(new(tokens[i].Value, tokens[i + 2].Value), tokens[i], i);
        }
    }

    /// <summary>The first tenants' table that a text of code names, in the open or in a text of its own; null where there is
    /// none.</summary>
    internal static QName? InCode(TenantNames names, string code, bool texts)
    {
        var tokens = Significant(code);
        foreach (var reference in To(names.Schemas, tokens))
        {
            if (names.Of(reference.Name) == Whose.Tenant)
                return reference.Name;
        }
        if (!texts)
            return null;
        foreach (var token in tokens.Where(static token => token.Kind is SqlTokenKind.Text or SqlTokenKind.Dollar))
        {
            if (InCode(names, token.Value, texts) is { } inside)
                return inside;
        }
        return null;
    }

    internal static IReadOnlyList<SqlToken> Significant(string code) =>
        [.. SqlLexer.Read(code).Where(static token => token.Kind != SqlTokenKind.Gap)];

    /// <summary>
    /// A text that the server will take for a relation's name (<c>nextval('s.q')</c>, <c>'s.t'::regclass</c>); texts stay as they are,
    /// so it
    /// would stay home's. Null where there is none.
    /// </summary>
    internal static QName? AsText(TenantNames names, IReadOnlyList<SqlToken> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind != SqlTokenKind.Text || QName.Parse(tokens[i].Value) is not { } name || !names.Schemas.Contains(name.Schema)
                || (names.Of(name) != Whose.Tenant && !names.IsStranger(name)))
                continue;
            var before = i > 1 && tokens[i - 1].Is('(') && tokens[i - 2].IsAny("nextval", "setval", "currval", "to_regclass",
                "pg_get_serial_sequence");
            var cast = i > 0 && tokens[i - 1].Is("regclass");
            var after = tokens.Skip(i + 1).Take(5).Any(static token => token.Is("regclass")) && i + 1 < tokens.Count
                && tokens[i + 1].Is(':');
            if (before || cast || after)
                return name;
        }
        return null;
    }
}
