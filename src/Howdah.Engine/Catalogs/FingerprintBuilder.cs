using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Howdah.Engine.Catalogs;

/// <summary>Hashes every fact given to an inspector, in order.</summary>
sealed class FingerprintBuilder : IDisposable
{
    readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal void Begin(string part) => Append("\u0001" + part);

    internal void Add(NpgsqlDataReader row)
    {
        for (var i = 0; i < row.FieldCount; i++)
            Append(Text(row.GetValue(i)));
        Append("\u0002");
    }

    internal void Append(string text)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        hash.AppendData("\0"u8);
    }

    internal string Finish() => Convert.ToHexStringLower(hash.GetHashAndReset());

    public void Dispose() => hash.Dispose();

    static string Text(object value) => value switch
    {
        DBNull => "\u0003",
        string text => text,
        Array array => string.Join('\u0004', array.Cast<object?>().Select(item => item is null ? "\u0003" : Text(item))),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
