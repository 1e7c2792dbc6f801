using System.Globalization;
using System.Text;

namespace Howdah.Patterns.Tenancy.Archiving;

/// <summary>
/// Rows in COPY's text format whose first column is the tenant, on their way in or out: counts them, and lets none through that is not this
/// tenant's. Where they become another tenant's, the id is written over in passing; ids have one length. Works on any pieces of a stream.
/// </summary>
/// <param name="table">The table, for messages.</param>
/// <param name="from">Whose rows they must be.</param>
/// <param name="to">Whose they become.</param>
/// <param name="alone">Whether the tenant column is the only one.</param>
sealed class RowGate(string table, Guid from, Guid to, bool alone)
{
    const int Length = 36;

    readonly byte[] expected = Encoding.ASCII.GetBytes(from.ToString());
    readonly byte[] written = Encoding.ASCII.GetBytes(to.ToString());
    int at;

    /// <summary>How many rows went through.</summary>
    internal long Rows { get; private set; }

    /// <summary>Checks a piece and writes the id over.</summary>
    /// <exception cref="ArchiveException">There is a row that is not this tenant's.</exception>
    internal void Pass(Span<byte> piece)
    {
        // The server writes a carriage return as \r; a real one would end a line for COPY and not for whoever counts newlines.
        if (piece.Contains((byte)'\r'))
            throw Wrong();
        while (piece.Length > 0)
        {
            if (at < Length)
            {
                var count = Math.Min(Length - at, piece.Length);
                if (!piece[..count].SequenceEqual(expected.AsSpan(at, count)))
                    throw Wrong();
                written.AsSpan(at, count).CopyTo(piece);
                at += count;
                piece = piece[count..];
            }
            else if (at == Length && piece[0] != (alone ? '\n' : '\t'))
            {
                throw Wrong();
            }
            else
            {
                at = Length + 1;
                var end = piece.IndexOf((byte)'\n');
                if (end < 0)
                    return;
                Rows++;
                at = 0;
                piece = piece[(end + 1)..];
            }
        }
    }

    /// <summary>The stream has ended.</summary>
    internal void End()
    {
        if (at != 0)
            throw Wrong();
    }

    ArchiveException Wrong() => new(string.Create(CultureInfo.InvariantCulture,
        $"row {Rows + 1} of {table} is not one of tenant {from}, or not whole: nothing of it was taken"));
}
