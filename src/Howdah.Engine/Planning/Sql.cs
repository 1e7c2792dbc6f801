using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Howdah.Engine.Planning;

/// <summary>
/// SQL built from typed holes: <c>Sql.Of($"grant select on {table} to {role}")</c> compiles only where each hole is an
/// <see cref="Ident"/>, a <see cref="QName"/>, a <see cref="Literal"/>, <see cref="Words"/>, a number, a <see cref="SecretHole"/> or other
/// SQL. There is no hole for raw text, so injection does not compile.
/// </summary>
public sealed class Sql
{
    readonly object[] parts; // string (safe text) or SecretHole

    Sql(object[] parts) => this.parts = parts;

    /// <summary>Builds SQL from an interpolated string whose holes are all typed.</summary>
    public static Sql Of(ref SqlHandler handler) => new(handler.Parts());

    /// <summary>
    /// SQL that a person of the team wrote: a migration, a load step, an expression of the server's own making read from its catalogs. The
    /// one
    /// door for whole text; never to be called with text that was put together here.
    /// </summary>
    public static Sql Written(string text) => new([text]);

    /// <summary>Several pieces with a separator between them.</summary>
    public static Sql Join(string separator, IEnumerable<Sql> pieces)
    {
        var all = new List<object>();
        foreach (var piece in pieces)
        {
            if (all.Count > 0)
                all.Add(separator);
            all.AddRange(piece.parts);
        }
        return new([.. all]);
    }

    /// <summary>Names with commas between them.</summary>
    public static Sql List(IEnumerable<Ident> names) => Join(", ", names.Select(name => Of($"{name}")));

    /// <summary>Words with commas between them.</summary>
    public static Sql List(IEnumerable<Words> words) => Join(", ", words.Select(word => Of($"{word}")));

    /// <summary>Whether any part is a secret, known only when the statement is sent.</summary>
    public bool HasSecret => parts.Any(part => part is SecretHole);

    /// <summary>The text as sent, with each secret replaced by what <paramref name="reveal"/> gives for it.</summary>
    public string Render(Func<SecretHole, Literal> reveal) =>
        string.Concat(parts.Select(part => part is SecretHole hole ? reveal(hole).ToString() : (string)part));

    /// <summary>The text as shown to people: a secret stands as its reference.</summary>
    public override string ToString() =>
        string.Concat(parts.Select(part => part is SecretHole hole ? new Literal(hole.Reference).ToString() : (string)part));

    /// <summary>Collects the parts of an interpolated string; made by the compiler.</summary>
    [InterpolatedStringHandler]
    public readonly struct SqlHandler
    {
        readonly List<object> parts;

        /// <summary>Made by the compiler.</summary>
        public SqlHandler(int literalLength, int formattedCount) => parts = new(2 * formattedCount + 1);

        /// <summary>Text written in the source code.</summary>
        public void AppendLiteral(string value) => parts.Add(value);
        /// <summary>A quoted identifier.</summary>
        public void AppendFormatted(Ident value) => parts.Add(value.ToString());
        /// <summary>A qualified, quoted name.</summary>
        public void AppendFormatted(QName value) => parts.Add(value.ToString());
        /// <summary>A text literal.</summary>
        public void AppendFormatted(Literal value) => parts.Add(value.ToString());
        /// <summary>A long text between dollar signs.</summary>
        public void AppendFormatted(DollarQuoted value) => parts.Add(value.ToString());
        /// <summary>Plain words of SQL.</summary>
        public void AppendFormatted(Words value) => parts.Add(value.ToString());
        /// <summary>A number.</summary>
        public void AppendFormatted(long value) => parts.Add(value.ToString(CultureInfo.InvariantCulture));
        /// <summary>A number.</summary>
        public void AppendFormatted(int value) => parts.Add(value.ToString(CultureInfo.InvariantCulture));
        /// <summary>A secret, revealed only when the statement is sent.</summary>
        public void AppendFormatted(SecretHole value) => parts.Add(value);
        /// <summary>Other SQL; null adds nothing.</summary>
        public void AppendFormatted(Sql? value) => parts.AddRange(value?.parts ?? []);

        internal object[] Parts()
        {
            // Neighboring safe text is merged so that a statement is usually one part.
            var merged = new List<object>();
            var text = new StringBuilder();
            foreach (var part in parts)
            {
                if (part is string s)
                {
                    text.Append(s);
                    continue;
                }
                merged.Add(text.ToString());
                text.Clear();
                merged.Add(part);
            }
            merged.Add(text.ToString());
            return [.. merged];
        }
    }
}

/// <summary>A place in SQL where a secret goes when the statement is sent; everything that is shown has the reference instead.</summary>
/// <param name="Server">The server whose secrets hold it.</param>
/// <param name="Role">The role whose password it is; it is sent as a SCRAM verifier.</param>
/// <param name="Reference">How the estate file refers to it, such as <c>${env:X}</c> or <c>${generated}</c>.</param>
public sealed record SecretHole(string Server, string Role, string Reference)
{
    /// <summary>What is sent in place of a SCRAM verifier: made from the secret; null for the verifier.</summary>
    public Func<string, string>? Made { get; init; }
}
