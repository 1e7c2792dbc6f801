using Howdah.Engine.Planning;
using Howdah.Engine.Proving;

namespace Howdah.Prover.Pooled;

/// <summary>Something that one client leaves in its session, and how the next one on the same server connection finds it.</summary>
/// <param name="Attack">The attack.</param>
/// <param name="Deed">What the first client does, in a transaction that it commits.</param>
/// <param name="Look">What the next asks: true where it finds it.</param>
/// <param name="Found">What it means that it was found, after "another client, on the same server connection, ".</param>
/// <param name="Clean">What takes it away again, each by itself.</param>
sealed record Residue(Attack Attack, Sql Deed, Sql Look, string Found, IReadOnlyList<Sql> Clean)
{
    /// <summary>Errors of <see cref="Look"/> that say it is not there.</summary>
    internal IReadOnlyList<string> Absent { get; init; } = [];

    /// <summary>Whether an application that keeps nothing in its sessions has nothing to fear of it.</summary>
    internal bool Bearable { get; init; } = true;

    /// <summary>Closes it; null where what closes every session state does.</summary>
    internal string? Fix { get; init; }

    /// <summary>What the next client does in a transaction of its own, committed before it looks.</summary>
    internal Sql? Between { get; init; }

    /// <summary>Asks, before anything is done, whether it can be staged at all.</summary>
    internal Func<Client, CancellationToken, Task<(Verdict Verdict, string Why)?>>? Before { get; init; }

    /// <summary>Goes further where it was found, in the transaction of who found it; gives what to say instead of
    /// <see cref="Found"/>.</summary>
    internal Func<Client, CancellationToken, Task<string>>? Further { get; init; }

    /// <summary>Goes on where clients take turns on the server connection: the first, who found it, and where; gives what to add.</summary>
    internal Func<Client, Client, Backend, CancellationToken, Task<string>>? Sequel { get; init; }

    /// <summary>Both clients' statements, for a reader to try.</summary>
    internal string Script => $"""
        -- client 1
        {Deed};
        -- client 2, on the same server connection
        {(Between is null ? "" : $"begin; {Between}; commit;\n")}{Look};
        """;
}
