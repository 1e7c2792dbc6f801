using System.IO.Compression;

namespace Howdah.Patterns.Data.Loading;

/// <summary>Counts a CSV file's lines below its header, as COPY sees them: a line end inside quotes ends none.</summary>
static class CsvLines
{
    internal static async Task<long> CountAsync(string path, CancellationToken token)
    {
        await using var raw = File.OpenRead(path);
        await using var plain = path.EndsWith(".gz", StringComparison.Ordinal)
            ? (Stream)new GZipStream(raw, CompressionMode.Decompress) : raw;
        var buffer = new byte[1 << 16];
        var (lines, quoted, last) = (-1L, false, (byte)'\n');
        while (await plain.ReadAsync(buffer, token) is var count and > 0)
        {
            foreach (var each in buffer.AsSpan(0, count))
            {
                quoted ^= each == '"';
                lines += each == '\n' && !quoted ? 1 : 0;
            }
            last = buffer[count - 1];
        }
        return lines + (last == '\n' ? 0 : 1);
    }
}
