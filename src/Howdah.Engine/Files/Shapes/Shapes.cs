using Howdah.Engine.Planning;

namespace Howdah.Engine.Files;

/// <summary>The shapes there are; patterns build theirs from these.</summary>
public static class Shapes
{
    /// <summary>Any text.</summary>
    public static Shape<string> Text { get; } = new TextShape("a text", null, null);

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static Shape<bool> Bool { get; } = new BoolShape();

    /// <summary>A name PostgreSQL keeps as written: 1 to 63 bytes.</summary>
    public static Shape<string> Name { get; } = new NameShape(null);

    /// <summary>The name of something the file defines elsewhere; that it does is checked once all is read.</summary>
    /// <param name="kind">What it names: <c>role</c>, <c>server</c>, <c>database</c>.</param>
    /// <param name="also">Names allowed besides, such as <c>public</c>.</param>
    public static Shape<string> Ref(string kind, params string[] also) => new NameShape(kind, also);

    /// <summary>A qualified name: <c>schema.name</c>.</summary>
    public static Shape<QName> QName { get; } = new QNameShape();

    /// <summary>A reference to a secret: <c>${env:NAME}</c>, <c>${file:PATH}</c> or, where allowed, <c>${generated}</c>.</summary>
    public static Shape<SecretRef> Secret(bool generated) => new SecretShape(generated);

    /// <summary>A whole number.</summary>
    public static Shape<int> Int(int least, int most) => new IntShape(least, most);

    /// <summary>A whole number or nothing: for keys whose absence means something.</summary>
    public static Shape<int?> OptionalInt(int least, int most) => new OptionalIntShape(least, most);

    /// <summary>A scalar as the server takes it for a setting: text, number or boolean, kept as text.</summary>
    public static Shape<string> Setting { get; } = new TextShape("a text, a number or a boolean", null, null);

    /// <summary>One of a few words.</summary>
    /// <param name="choices">Each word with what it stands for.</param>
    public static Shape<T> Choice<T>(params (string Word, T Value)[] choices) => new ChoiceShape<T>(choices);

    /// <summary>A text that a function turns into a value; the function gives null for what it cannot read.</summary>
    /// <param name="wants">What is wanted, in words.</param>
    /// <param name="parse">The function.</param>
    /// <param name="pattern">A regular expression (ECMA) for the JSON Schema, or null.</param>
    public static Shape<T> Parsed<T>(string wants, Func<string, T?> parse, string? pattern = null) where T : class =>
        new ParsedShape<T>(wants, parse, pattern);

    /// <summary>A list; a single item may stand without brackets where <paramref name="orSingle"/> says so.</summary>
    public static Shape<IReadOnlyList<T>> List<T>(Shape<T> item, bool orSingle = false) => new ListShape<T>(item, orSingle);

    /// <summary>A mapping whose keys are names of the user's choice.</summary>
    /// <param name="value">What stands under each.</param>
    /// <param name="defines">The kind of name that the keys define (<c>role</c> …), or null; such keys must be valid names.</param>
    public static Shape<IReadOnlyDictionary<string, T>> Map<T>(Shape<T> value, string? defines = null) => new MapShape<T>(value, defines);

    /// <summary>A mapping with fixed keys, read into a record.</summary>
    /// <param name="what">What it is, in words: <c>a role</c>.</param>
    /// <param name="build">Declares the keys and gives the function that makes the record.</param>
    public static Shape<T> Object<T>(string what, Func<KeySet, Func<KeyValues, T>> build) => new ObjectShape<T>(what, build);

    /// <summary>Either of two shapes, told apart by whether the node is a scalar: shorthand and full form.</summary>
    /// <param name="scalar">For a scalar.</param>
    /// <param name="other">For a list or a mapping.</param>
    public static Shape<T> ScalarOr<T>(Shape<T> scalar, Shape<T> other) => new EitherShape<T>(scalar, other);
}
