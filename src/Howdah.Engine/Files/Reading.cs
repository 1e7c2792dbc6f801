namespace Howdah.Engine.Files;

/// <summary>What accumulates while a document is read: diagnostics, names defined, and references to check at the end.</summary>
public sealed class Reading
{
    readonly List<Diagnostic> diagnostics = [];

    /// <summary>Everything found so far.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => diagnostics;

    /// <summary>Names made by the file, by kind (<c>role</c>, <c>server</c>, <c>database</c> …).</summary>
    internal List<NameUse> Definitions { get; } = [];

    /// <summary>Names the file refers to, by kind; each must be among the definitions of its kind.</summary>
    internal List<NameUse> References { get; } = [];

    /// <summary>Reports something wrong at a node.</summary>
    public void Error(string code, Node at, string message, string? hint = null) =>
        diagnostics.Add(new(code, Severity.Error, message, at.Path, hint, at.Place));

    /// <summary>Reports something worth knowing at a node.</summary>
    public void Warning(string code, Node at, string message, string? hint = null) =>
        diagnostics.Add(new(code, Severity.Warning, message, at.Path, hint, at.Place));

    internal void Add(Diagnostic diagnostic) => diagnostics.Add(diagnostic);
}

/// <summary>A name where it stands.</summary>
/// <param name="Kind">What it names: <c>role</c>, <c>server</c> …</param>
/// <param name="Name">The name.</param>
/// <param name="At">Where.</param>
sealed record NameUse(string Kind, string Name, ScalarNode At);
