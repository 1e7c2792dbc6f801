namespace Howdah.Loading.Copying;

/// <summary>What was counted, by all streams together.</summary>
sealed class Tally
{
    long records, sent, rejected, skipped;

    internal long Records => Volatile.Read(ref records);
    internal long Sent => Volatile.Read(ref sent);
    internal long Rejected => Volatile.Read(ref rejected);
    internal long Skipped => Volatile.Read(ref skipped);

    internal void Add(long read, long written, long refused, long passed)
    {
        Interlocked.Add(ref records, read);
        Interlocked.Add(ref sent, written);
        Interlocked.Add(ref rejected, refused);
        Interlocked.Add(ref skipped, passed);
    }
}
