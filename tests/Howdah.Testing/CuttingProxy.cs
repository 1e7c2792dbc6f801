using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Howdah.Testing;

/// <summary>A wire between client and server that can be cut at a chosen word: at what the client says, or at the answer to it.</summary>
sealed class CuttingProxy : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly ConcurrentDictionary<TcpClient, byte> open = [];
    readonly int target;
    volatile bool closed;
    int turns;

    internal CuttingProxy(int target)
    {
        this.target = target;
        listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where a verdict lets the wire be cut.</summary>
    internal enum Cut
    {
        /// <summary>Not at all.</summary>
        No,
        /// <summary>The server never hears it.</summary>
        Before,
        /// <summary>The server hears it and works on it; its answer has nobody to go to.</summary>
        During,
        /// <summary>The server has answered, and the answer is lost.</summary>
        Answer,
    }

    internal int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Asked for each text that a client sends.</summary>
    internal Func<string, Cut> Judge { get; set; } = _ => Cut.No;

    /// <summary>Whether a cut is for good: no connection is taken any more.</summary>
    internal bool ForGood { get; set; }

    /// <summary>How many cuts there were.</summary>
    internal int Cuts { get; private set; }

    /// <summary>How many times a client spoke after it had listened: round trips, in however many pieces they went.</summary>
    internal int Turns => Volatile.Read(ref turns);

    /// <summary>Takes connections again.</summary>
    internal void Mend() => (closed, ForGood, Judge) = (false, false, _ => Cut.No);

    public void Dispose()
    {
        listener.Dispose();
        foreach (var client in open.Keys)
            client.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The proxy is disposed.
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        using var mine = client;
        open.TryAdd(client, 0);
        try
        {
            client.NoDelay = true;
            if (closed)
                return;
            await server.ConnectAsync(IPAddress.Loopback, target);
            var wire = new Wire(client.GetStream(), server.GetStream());
            // Whichever side ends first, or is cut, ends both.
            await await Task.WhenAny(ForthAsync(wire), BackAsync(wire));
        }
        catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException)
        {
            // One side has closed: so is the other now.
        }
        finally
        {
            open.TryRemove(client, out _);
        }
    }

    async Task ForthAsync(Wire wire)
    {
        var buffer = new byte[1 << 16];
        while (await wire.Client.ReadAsync(buffer) is > 0 and var length)
        {
            if (!wire.Asked)
                Interlocked.Increment(ref turns);
            (wire.Asked, wire.Done) = (true, IsWhole(buffer.AsSpan(0, length)));
            var cut = Judge(Encoding.UTF8.GetString(buffer, 0, length));
            if (cut == Cut.No)
            {
                await wire.Server.WriteAsync(buffer.AsMemory(0, length));
                continue;
            }
            Cuts++;
            closed = ForGood;
            if (cut == Cut.Before)
                return;
            // From here on no answer goes through.
            wire.Deaf = true;
            await wire.Server.WriteAsync(buffer.AsMemory(0, length));
            if (cut == Cut.Answer)
                await wire.Answered.Task;
            return;
        }
    }

    static async Task BackAsync(Wire wire)
    {
        var buffer = new byte[1 << 16];
        while (await wire.Server.ReadAsync(buffer) is > 0 and var length)
        {
            // What the server says while the client is still speaking (to BEGIN, before a long batch is sent) begins no new turn.
            if (wire.Done)
                wire.Asked = false;
            if (wire.Deaf)
                wire.Answered.TrySetResult();
            else
                await wire.Client.WriteAsync(buffer.AsMemory(0, length));
        }
    }

    // A turn of a client ends with Sync, is one simple Query, or belongs to the log-in.
    static bool IsWhole(ReadOnlySpan<byte> said) => said.EndsWith((ReadOnlySpan<byte>)[(byte)'S', 0, 0, 0, 4]) || said[0] is 0 or (byte)'p'
        || (said[0] == (byte)'Q' && said.Length > 4 && BinaryPrimitives.ReadInt32BigEndian(said[1..]) + 1 == said.Length);

    sealed class Wire(NetworkStream client, NetworkStream server)
    {
        internal NetworkStream Client => client;
        internal NetworkStream Server => server;
        internal volatile bool Deaf, Asked, Done;
        internal TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
