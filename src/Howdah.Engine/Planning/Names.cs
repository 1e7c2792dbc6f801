using System.Text;

namespace Howdah.Engine.Planning;

/// <summary>A PostgreSQL identifier, kept as the catalog holds it and always written quoted.</summary>
/// <param name="Name">The name, exactly as in the catalog: 1 to 63 bytes of UTF-8.</param>
public readonly record struct Ident(string Name)
{
    /// <summary>The longest name PostgreSQL keeps, in bytes of UTF-8 (NAMEDATALEN - 1); longer ones are cut with only a notice.</summary>
    public const int MaxBytes = 63;

    /// <summary>Says what makes a name unusable, or null where PostgreSQL would keep it as written.</summary>
    public static string? Problem(string name) => name switch
    {
        "" => "a name may not be empty",
        _ when name.Contains('\0') => "a name may not contain the zero byte",
        _ when Encoding.UTF8.GetByteCount(name) > MaxBytes =>
            $"the name has {Encoding.UTF8.GetByteCount(name)} bytes; PostgreSQL cuts names after {MaxBytes}",
        _ => null,
    };

    /// <summary>The name in double quotes, with double quotes inside doubled.</summary>
    public override string ToString() => "\"" + Name.Replace("\"", "\"\"") + "\"";
}

/// <summary>The name of a thing in a schema, both parts as in the catalog.</summary>
/// <param name="Schema">The schema's name.</param>
/// <param name="Name">The object's own name.</param>
public readonly record struct QName(string Schema, string Name) 
{
    /// <summary>Both parts quoted, with a dot between: what SQL needs.</summary>
    public override string ToString() => $"{new Ident(Schema)}.{new Ident(Name)}";

    /// <summary>The name as a person writes it: quoted only where it must be.</summary>
    public string Plain => $"{PlainPart(Schema)}.{PlainPart(Name)}";

    /// <summary>Reads <c>schema.name</c>, where a part that holds a dot or a quote stands in double quotes; null if it is
    /// neither.</summary>
    public static QName? Parse(string text)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '.')
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else if (text[i] == '"' && part.Length == 0)
            {
                for (i++; i < text.Length && (text[i] != '"' || (i + 1 < text.Length && text[i + 1] == '"')); i++)
                {
                    part.Append(text[i]);
                    i += text[i] == '"' ? 1 : 0;
                }
                if (i == text.Length)
                    return null;
            }
            else
            {
                part.Append(text[i]);
            }
        }
        parts.Add(part.ToString());
        return parts is [{ Length: > 0 } schema, { Length: > 0 } name] ? new(schema, name) : null;
    }

    /// <summary>Orders by schema, then by name, ordinally, so that plans do not depend on a culture.</summary>
    public static IComparer<QName> Ordinal { get; } = Comparer<QName>.Create(static (a, b) =>
        string.CompareOrdinal(a.Schema, b.Schema) is var order and not 0 ? order : string.CompareOrdinal(a.Name, b.Name));

    static string PlainPart(string part) =>
        part.All(c => c is '_' or (>= 'a' and <= 'z') or (>= '0' and <= '9') or > '\u007f') ? part : new Ident(part).ToString();
}

/// <summary>A text value, written as a literal that no setting of the server can reinterpret.</summary>
/// <param name="Value">The value; null is written as <c>NULL</c>.</param>
public readonly record struct Literal(string? Value)
{
    /// <summary>The literal: <c>'…'</c>, or <c>E'…'</c> where a backslash is inside, so standard_conforming_strings does not
    /// matter.</summary>
    public override string ToString() => Value switch
    {
        null => "NULL",
        _ when Value.Contains('\\') => " E'" + Value.Replace("\\", "\\\\").Replace("'", "''") + "'",
        _ => "'" + Value.Replace("'", "''") + "'",
    };
}

/// <summary>A long text written between dollar signs, so that a person can read it: function bodies, whole migrations.</summary>
/// <param name="Text">The text, any text.</param>
public readonly record struct DollarQuoted(string Text)
{
    /// <summary>The text between tags that do not occur in it.</summary>
    public override string ToString()
    {
        var tag = "$howdah$";
        for (var i = 1; Text.Contains(tag, StringComparison.Ordinal) || Text.EndsWith('$'); i++)
        {
            if (Text.EndsWith('$'))
                return new Literal(Text).ToString();
            tag = $"$howdah{i}$";
        }
        return tag + Text + tag;
    }
}

/// <summary>Words of SQL chosen at run time, such as a privilege: letters, underscores and single blanks, nothing else.</summary>
public readonly record struct Words
{
    readonly string? text;

    /// <summary>Takes the words, in any case.</summary>
    /// <exception cref="ArgumentException">The text holds anything but letters, underscores and blanks.</exception>
    public Words(string text)
    {
        if (!text.All(c => char.IsAsciiLetter(c) || c is '_' or ' '))
            throw new ArgumentException($"not plain words of SQL: {text}", nameof(text));
        this.text = text;
    }

    /// <summary>The words.</summary>
    public override string ToString() => text ?? "";
}
