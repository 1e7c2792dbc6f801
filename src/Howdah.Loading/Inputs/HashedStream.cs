using System.Security.Cryptography;

namespace Howdah.Loading.Inputs;

/// <summary>Bytes of an input as they come, counted and hashed. A failure to read names the input.</summary>
sealed class HashedStream(OpenedInput input, string name) : ForwardStream
{
    readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    long read;
    uint last;

    internal long Count => Volatile.Read(ref read);

    /// <summary>The last four bytes, the least of them first.</summary>
    internal uint Last => last;
    internal long? Total => input.Length;

    /// <summary>Reads what is left, which a decompressor may not have wanted, and tells the hash of all.</summary>
    internal string End()
    {
        var rest = new byte[4096];
        while (Read(rest, 0, rest.Length) > 0)
        {
            // Counted and hashed.
        }
        if (input.Length is { } told && told != read)
            throw new LoadException($"{name} was announced with {told} bytes and ended after {read}: it was cut or is being written");
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            var got = input.Stream.Read(buffer);
            hash.AppendData(buffer[..got]);
            foreach (var each in buffer[Math.Max(0, got - 4)..got])
                last = (last >> 8) | ((uint)each << 24);
            Volatile.Write(ref read, read + got);
            return got;
        }
        catch (Exception failed) when (failed is IOException or HttpRequestException)
        {
            throw new LoadException($"reading {name} failed after {read} bytes: {failed.Message}", failed);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            hash.Dispose();
            input.Stream.Dispose();
        }
        base.Dispose(disposing);
    }
}
