using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Howdah.Patterns.Pipelines.Querying;

/// <summary>
/// What tells two answers of a query apart, whatever the order of their rows: the header, how many rows, and the sum of their SHA-256. A
/// sum, for two equal rows would cancel out in an exclusive or. Of CSV as PostgreSQL writes it: a line end outside quotes ends a row.
/// </summary>
sealed class RowSum : IDisposable
{
    static readonly SearchValues<byte> Marks = SearchValues.Create("\"\n"u8);

    readonly IncrementalHash row = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly byte[] hash = new byte[SHA256.HashSizeInBytes];
    readonly ulong[] sum = new ulong[4];
    byte[]? header;
    bool quoted;
    bool open;

    /// <summary>How many rows there were.</summary>
    internal long Rows { get; private set; }

    /// <summary>Takes the next bytes.</summary>
    internal void Add(ReadOnlySpan<byte> bytes)
    {
        var from = 0;
        for (var at = 0; bytes[at..].IndexOfAny(Marks) is >= 0 and var next; at += next + 1)
        {
            if (bytes[at + next] == '"')
                quoted = !quoted;
            else if (!quoted)
            {
                End(bytes[from..(at + next)]);
                from = at + next + 1;
            }
        }
        if (from < bytes.Length)
        {
            open = true;
            row.AppendData(bytes[from..]);
        }
    }

    void End(ReadOnlySpan<byte> rest)
    {
        if (open)
        {
            row.AppendData(rest);
            row.GetHashAndReset(hash);
            open = false;
        }
        else
            SHA256.HashData(rest, hash);
        if (header is null)
        {
            header = [.. hash];
            return;
        }
        Rows++;
        var carry = UInt128.Zero;
        for (var i = 0; i < sum.Length; i++)
        {
            carry += (UInt128)sum[i] + BinaryPrimitives.ReadUInt64LittleEndian(hash.AsSpan(i * 8));
            sum[i] = (ulong)carry;
            carry >>= 64;
        }
    }

    /// <summary>The digest of all that was taken.</summary>
    internal string Digest() => Of($"{Convert.ToHexStringLower(header ?? [])} {Rows.ToString(CultureInfo.InvariantCulture)} "
        + string.Join('-', sum.Select(static part => part.ToString("x16", CultureInfo.InvariantCulture))));

    /// <summary>What a batch is known by: its rows, and the batch before it. What was there before the last one is loaded again.</summary>
    internal static string After(string digest, long batch) => Of($"{digest} after {batch.ToString(CultureInfo.InvariantCulture)}");

    static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public void Dispose() => row.Dispose();
}
