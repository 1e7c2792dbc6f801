namespace Howdah.Prover.Pooled;

/// <summary>How a pooler is attacked.</summary>
sealed record PoolerOptions
{
    /// <summary>Whether the application declares that it keeps nothing in its sessions: what would leak there is then residual.</summary>
    internal bool TransactionScopedOnly { get; init; }

    /// <summary>Whether attacks that may disturb others are made too: the real setting is set, a real sequence moves on.</summary>
    internal bool Intrusive { get; init; }

    /// <summary>The most clients open at a time; three at least are needed.</summary>
    internal int Clients { get; init; } = 4;

    /// <summary>How time goes by.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Tells what is being done; null keeps quiet.</summary>
    internal Action<string>? Progress { get; init; }

    /// <summary>What a check says of it.</summary>
    internal static PoolerOptions Of(CheckOptions options) => new()
    {
        TransactionScopedOnly = options.TransactionScopedOnly, Intrusive = options.Intrusive, Clients = options.Connections,
        Time = options.Time, Progress = options.Progress,
    };
}
