namespace Howdah.Client;

/// <summary>The client refuses to work: as it is set up, something could keep tenants from being apart.</summary>
public sealed class TenancyCheckException : Exception
{
    internal TenancyCheckException(IReadOnlyList<string> findings)
        : base("tenants would not be kept apart:" + string.Concat(findings.Select(static finding => "\n  - " + finding))) =>
            Findings = findings;

    /// <summary>Everything that was found, each with what mends it.</summary>
    public IReadOnlyList<string> Findings { get; }
}
