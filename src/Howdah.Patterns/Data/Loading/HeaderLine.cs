using System.Text;

namespace Howdah.Patterns.Data.Loading;

/// <summary>The first line of a CSV file, from which the staging table's columns take their names.</summary>
static class HeaderLine
{
    const int Most = 64 * 1024;

    /// <summary>Reads up to the first line's end; gives the line and what was read beyond it.</summary>
    /// <exception cref="InvalidDataException">There is no line end within 64 KB.</exception>
    internal static async Task<(string Line, ReadOnlyMemory<byte> Beyond)> ReadAsync(Stream stream, CancellationToken token)
    {
        var buffer = new byte[Most];
        var length = 0;
        while (true)
        {
            var end = buffer.AsSpan(0, length).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var start = buffer.AsSpan(0, length).StartsWith("\uFEFF"u8) ? 3 : 0;
                return (Encoding.UTF8.GetString(buffer, start, end - start).TrimEnd('\r'), buffer.AsMemory(end + 1, length - end - 1));
            }
            var read = length < Most ? await stream.ReadAsync(buffer.AsMemory(length), token) : 0;
            if (read == 0)
                throw new InvalidDataException("the file has no header line: its first line names the columns");
            length += read;
        }
    }

    /// <summary>The column names in snake_case: <c>"Order ID"</c> becomes <c>order_id</c>.</summary>
    internal static IReadOnlyList<string> Columns(string line) =>
        [.. line.Split(',').Select(static name =>
            string.Concat(name.Trim().Trim('"').Select(static c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_')))];
}
