namespace Howdah.Patterns.Tenancy.Sparing;

/// <summary>What is seen of databases made ahead.</summary>
/// <param name="All">All that are written down.</param>
/// <param name="Latest">Home's last migration; empty where none ran.</param>
sealed record SparesFacts(IReadOnlyList<SpareFacts> All, string Latest)
{
    internal static SparesFacts None { get; } = new([], "");
}

/// <summary>A database made ahead, as the registry has it.</summary>
/// <param name="Name">The database's name.</param>
/// <param name="Server">Its server; null for home's.</param>
/// <param name="Ready">Whether it is finished.</param>
/// <param name="Version">Home's last migration when it was made.</param>
sealed record SpareFacts(string Name, string? Server, bool Ready, string Version);
