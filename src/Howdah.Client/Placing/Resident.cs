namespace Howdah.Client;

/// <summary>What is known of a tenant, shared by all who use it.</summary>
sealed class Resident(Guid id, TenantLimits limits)
{
    volatile Placement? placement;

    internal Guid Id => id;

    /// <summary>The id as it stands in the setting.</summary>
    internal string Text { get; } = id.ToString();

    internal Lane Lane { get; } = new(id, limits);

    /// <summary>Where it was last; null when that is to be asked again.</summary>
    internal Placement? Placement
    {
        get => placement;
        set => placement = value;
    }

    /// <summary>Guards <see cref="Looking"/>.</summary>
    internal Lock Sync { get; } = new();

    /// <summary>The look-up under way, which everybody waits for.</summary>
    internal Task<Placement>? Looking { get; set; }
}
