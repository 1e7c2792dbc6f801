namespace Howdah.Client;

/// <summary>One tenant's way through the <see cref="Gate"/>; everything in it is guarded by the gate.</summary>
sealed class Lane(Guid tenant, TenantLimits limits)
{
    internal Guid Tenant => tenant;
    internal TenantLimits Limits => limits;
    internal Queue<Waiter> Waiting { get; } = new();

    /// <summary>Those in the queue that still wait.</summary>
    internal int Live { get; set; }
    internal int InUse { get; set; }

    /// <summary>Whether it stands among the lanes that could go.</summary>
    internal bool Ready { get; set; }

    /// <summary>Its virtual time: what it has got, divided by its weight.</summary>
    internal double Pass { get; set; }

    /// <summary>When the next connection may be taken, in ticks of the clock; what lies back further than the burst is lost.</summary>
    internal long Due { get; set; }
}

/// <summary>One that waits for its turn.</summary>
sealed class Waiter() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
