using Howdah.Prover.Scouting;

namespace Howdah.Prover;

/// <summary>How a database is checked.</summary>
public sealed record CheckOptions
{
    /// <summary>What is known of its tenants; inferred where it says nothing.</summary>
    public Hints Hints { get; init; } = Hints.None;

    /// <summary>Ways in for roles, as connection strings by role: really tried on other databases of the server, each on the one that is
    /// checked where its connection leads elsewhere; and for whoever is no superuser and cannot become them.</summary>
    public IReadOnlyDictionary<string, string> Logins { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether only the catalogs are read and nothing is attacked.</summary>
    public bool CatalogOnly { get; init; }

    /// <summary>Whether attacks that disturb others or cannot be undone are made too.</summary>
    public bool Intrusive { get; init; }

    /// <summary>The application's own connection string, through its pooler: what one client leaves there is then looked for as another.
    /// </summary>
    public string? Pooled { get; init; }

    /// <summary>Whether the application declares that its context goes inside transactions and its sessions hold nothing.</summary>
    public bool TransactionScopedOnly { get; init; }

    /// <summary>The most connections used at a time.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>When to stop attacking; what was not tried by then is inconclusive. Null: never.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>Tells what is being done, one sentence at a time; null keeps quiet.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>What time it is and how it goes by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
