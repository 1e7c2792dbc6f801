using System.Net;
using System.Security.Cryptography;
using Howdah.Engine;
using Howdah.Engine.Files;

namespace Howdah.Gateway;

/// <summary>How a gateway is run.</summary>
public sealed record GatewayOptions
{
    /// <summary>Reads the estate; called at the start and for each reload.</summary>
    public required Func<Loaded> Load { get; init; }

    /// <summary>Opens the servers of an estate; the flag says whether embedded ones are started.</summary>
    public required Func<Estate, bool, CancellationToken, Task<Session>> Open { get; init; }

    /// <summary>Where it listens; port 0 takes a free one, which is told.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 9188);

    /// <summary>What its sessions that lead are called in <c>pg_stat_activity</c>, for whoever finds the lead taken.</summary>
    public string Who { get; init; } = "howdah serve";

    /// <summary>The version that metrics tell.</summary>
    public string Version { get; init; } = "";

    /// <summary>How long work in hand may take to its end once it is stopped; then it is called off and rolled back.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often who waits for the lead tries to take it, and who has it looks whether it still has.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Told what happens.</summary>
    public IProgress<GatewayEvent>? Events { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where jitter comes from: numbers from 0 up to 1.</summary>
    public Func<double> Random { get; init; } = static () => RandomNumberGenerator.GetInt32(1 << 30) / (double)(1 << 30);
}
