using System.Net;
using System.Net.Sockets;

namespace Howdah.Client.Tests;

/// <summary>Stands between client and server and counts round trips (how often the client spoke
/// again after it had been answered) and what came back.</summary>
sealed class Relay : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly Task accepting;
    readonly int server;
    int turns, answered = 1, returned;

    internal Relay(int server)
    {
        this.server = server;
        listener.Start();
        accepting = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>The round trips since this was asked last.</summary>
    internal int Turns => Interlocked.Exchange(ref turns, 0);

    /// <summary>The bytes from the server since this was asked last.</summary>
    internal int Returned => Interlocked.Exchange(ref returned, 0);

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using var here = client;
        using var there = new TcpClient();
        await there.ConnectAsync(IPAddress.Loopback, server);
        (here.NoDelay, there.NoDelay) = (true, true);
        await Task.WhenAny(PassAsync(here.GetStream(), there.GetStream(), fromClient: true),
            PassAsync(there.GetStream(), here.GetStream(), fromClient: false));
    }

    async Task PassAsync(NetworkStream from, NetworkStream to, bool fromClient)
    {
        var buffer = new byte[65536];
        try
        {
            while (await from.ReadAsync(buffer, stop.Token) is > 0 and var count)
            {
                if (!fromClient)
                {
                    Volatile.Write(ref answered, 1);
                    Interlocked.Add(ref returned, count);
                }
                else if (Interlocked.Exchange(ref answered, 0) == 1)
                {
                    Interlocked.Increment(ref turns);
                }
                await to.WriteAsync(buffer.AsMemory(0, count), stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has gone.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await accepting;
        listener.Dispose();
        stop.Dispose();
    }
}
