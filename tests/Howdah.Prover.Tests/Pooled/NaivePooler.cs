using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Howdah.Prover.Tests.Pooled;

/// <summary>
/// A pooler as one should not be made, for attacks that no PgBouncer lets through: it hands its one server connection from a client that
/// leaves to
/// the next, whatever the first one left open. What is attacked behind it is a real server.
/// </summary>
sealed class NaivePooler : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly TcpClient server = new() { NoDelay = true };
    readonly SemaphoreSlim turn = new(1, 1);
    readonly SemaphoreSlim answers = new(0);
    readonly int serverPort;
    byte[] key = [];
    NetworkStream? current;

    NaivePooler(int serverPort) => this.serverPort = serverPort;

    internal int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Logs in as a role that the server trusts, and waits for clients.</summary>
    internal static async Task<NaivePooler> StartAsync(int serverPort, string database, string role)
    {
        var pooler = new NaivePooler(serverPort);
        await pooler.server.ConnectAsync(IPAddress.Loopback, serverPort);
        var stream = pooler.server.GetStream();
        await stream.WriteAsync(Message(null, [0, 3, 0, 0, .. Encoding.UTF8.GetBytes($"user\0{role}\0database\0{database}\0\0")]));
        for (var (type, body) = await ReadAsync(stream); type != 'Z'; (type, body) = await ReadAsync(stream))
        {
            if (type == 'E')
                throw new InvalidOperationException(Encoding.UTF8.GetString(body));
            if (type == 'K')
                pooler.key = body;
        }
        pooler.listener.Start();
        _ = pooler.AnswerAsync(stream);
        _ = pooler.AcceptAsync();
        return pooler;
    }

    public ValueTask DisposeAsync()
    {
        listener.Dispose();
        server.Dispose();
        turn.Dispose();
        answers.Dispose();
        return ValueTask.CompletedTask;
    }

    async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await listener.AcceptTcpClientAsync());
    }

    async Task AnswerAsync(NetworkStream from)
    {
        while (true)
        {
            var (type, body) = await ReadAsync(from);
            try
            {
                if (current is { } client)
                    await client.WriteAsync(Message(type, body));
            }
            catch (IOException)
            {
                // It left before its answer came.
            }
            if (type == 'Z')
                answers.Release();
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        client.NoDelay = true;
        var stream = client.GetStream();
        if (!await WelcomeAsync(stream))
            return;
        var asked = Channel.CreateUnbounded<(char Type, byte[] Body)>();
        var listening = ListenAsync(stream, asked.Writer);
        if (!await asked.Reader.WaitToReadAsync())
            return;
        await turn.WaitAsync();
        // Who gave up waiting is served no more.
        current = listening.IsCompleted ? null : stream;
        var owed = 0;
        while (current is not null && await asked.Reader.WaitToReadAsync())
        {
            var (type, body) = await asked.Reader.ReadAsync();
            owed += type is 'Q' or 'S' ? 1 : 0;
            await server.GetStream().WriteAsync(Message(type, body));
        }
        current = null;
        // What it asked is answered before the next one asks: only the session is handed on, not half an answer.
        while (owed-- > 0)
            await answers.WaitAsync();
        turn.Release();
    }

    static async Task ListenAsync(NetworkStream stream, ChannelWriter<(char, byte[])> asked)
    {
        try
        {
            for (var (type, body) = await ReadAsync(stream); type != 'X'; (type, body) = await ReadAsync(stream))
                await asked.WriteAsync((type, body));
        }
        catch (IOException)
        {
            // The client left without a word.
        }
        asked.Complete();
    }

    // Lets everybody in under a process id of its own making; false where it was a request to cancel, which is passed on.
    async Task<bool> WelcomeAsync(NetworkStream stream)
    {
        while (true)
        {
            var (_, body) = await ReadAsync(stream, typed: false);
            switch (BinaryPrimitives.ReadInt32BigEndian(body))
            {
                case 80877103 or 80877104:
                    await stream.WriteAsync("N"u8.ToArray());
                    continue;
                case 80877102:
                    using (var canceling = new TcpClient())
                    {
                        await canceling.ConnectAsync(IPAddress.Loopback, serverPort);
                        await canceling.GetStream().WriteAsync(Message(null, [.. body[..4], .. key]));
                    }
                    return false;
                default:
                    byte[] welcome = [.. Message('R', [0, 0, 0, 0]), .. Message('S', "server_version\018.0\0"u8.ToArray()),
                        .. Message('S', "client_encoding\0UTF8\0"u8.ToArray()), .. Message('S', "integer_datetimes\0on\0"u8.ToArray()),
                        .. Message('S', "standard_conforming_strings\0on\0"u8.ToArray()), .. Message('S', "TimeZone\0UTC\0"u8.ToArray()),
                        .. Message('K', [0, 0, 0, 1, 0, 0, 0, 1]), .. Message('Z', "I"u8.ToArray())];
                    await stream.WriteAsync(welcome);
                    return true;
            }
        }
    }

    static byte[] Message(char? type, byte[] body)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length + 4);
        return [.. type is null ? [] : (byte[])[(byte)type], .. length, .. body];
    }

    static async Task<(char Type, byte[] Body)> ReadAsync(NetworkStream stream, bool typed = true)
    {
        var head = new byte[typed ? 5 : 4];
        await stream.ReadExactlyAsync(head);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(head.Length - 4)) - 4];
        await stream.ReadExactlyAsync(body);
        return (typed ? (char)head[0] : ' ', body);
    }
}
