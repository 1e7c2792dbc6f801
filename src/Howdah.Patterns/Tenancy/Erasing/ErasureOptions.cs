namespace Howdah.Patterns.Tenancy.Erasing;

/// <summary>How to erase a tenant.</summary>
public sealed record ErasureOptions
{
    /// <summary>Whether its name goes too, from the certificate and from the book of events.</summary>
    public bool ForgetName { get; init; }

    /// <summary>How long to wait for transactions that write to its tables and began before it was shut out.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Told of everything that happens.</summary>
    public IProgress<string>? Progress { get; init; }

    /// <summary>Measures how long was waited.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Called at every step, with the point's name: crash tests end the process there.</summary>
    internal Action<string>? Fault { get; init; }
}

/// <summary>How an erasure ended.</summary>
/// <param name="Outcome"><c>erased</c>, or <c>done</c> where it was erased before.</param>
/// <param name="Tenant">The tenant's id.</param>
/// <param name="Rows">How many rows there were.</param>
/// <param name="Certificate">The certificate, as JSON.</param>
/// <param name="Sha256">The hash that is in it.</param>
public sealed record ErasureResult(string Outcome, Guid Tenant, long Rows, string Certificate, string Sha256);

/// <summary>Rows of a tenant in one table.</summary>
/// <param name="Table">The table by its name at home.</param>
/// <param name="Rows">How many.</param>
public sealed record TenantRows(string Table, long Rows);
