namespace Howdah.Gateway;

/// <summary>How much an event matters.</summary>
public enum GatewayLevel
{
    /// <summary>As it should be.</summary>
    Info,
    /// <summary>It goes on, but somebody should know.</summary>
    Warning,
    /// <summary>Something was not done.</summary>
    Error,
}

/// <summary>What happened in a gateway: one record, as a line for people and as a line of JSON.</summary>
/// <param name="At">When.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Kind">What sort of event it is, as one word or two: <c>chore done</c>.</param>
/// <param name="Message">One sentence for people. Whoever writes it out masks revealed secrets.</param>
public sealed record GatewayEvent(DateTimeOffset At, GatewayLevel Level, string Kind, string Message)
{
    /// <summary>The server it is about; null for none in particular.</summary>
    public string? Server { get; init; }

    /// <summary>The chore it is about; null for none.</summary>
    public string? Chore { get; init; }

    /// <summary>How long it took; null where nothing was measured.</summary>
    public TimeSpan? Took { get; init; }
}
