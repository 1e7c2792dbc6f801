using System.Net;
using System.Net.Sockets;

namespace Howdah.Prover.Tests.Pooled;

/// <summary>
/// Looks like no pooler at all (every client gets a new server connection, and its real process id) and is one: it keeps the server
/// connections of
/// clients that have left, and has not given any to another yet.
/// </summary>
sealed class HoardingPooler : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly List<TcpClient> kept = [];

    internal int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    internal HoardingPooler(int serverPort)
    {
        listener.Start();
        _ = AcceptAsync(serverPort);
    }

    public void Dispose()
    {
        listener.Dispose();
        kept.ForEach(static server => server.Dispose());
    }

    async Task AcceptAsync(int serverPort)
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync();
            var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, serverPort);
            kept.Add(server);
            (client.NoDelay, server.NoDelay) = (true, true);
            _ = PassAsync(client.GetStream(), server.GetStream());
            _ = PassAsync(server.GetStream(), client.GetStream());
        }
    }

    static async Task PassAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[8192];
        while (await from.ReadAsync(buffer) is > 0 and var length)
        {
            // A client that says goodbye is not heard at the server.
            if (!buffer.AsSpan(0, length).SequenceEqual("X\0\0\0\u0004"u8))
                await to.WriteAsync(buffer.AsMemory(0, length));
        }
    }
}
