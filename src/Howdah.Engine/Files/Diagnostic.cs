namespace Howdah.Engine.Files;

/// <summary>How grave a diagnostic is.</summary>
public enum Severity
{
    /// <summary>Nothing goes on until it is mended.</summary>
    Error,
    /// <summary>Told, and work goes on.</summary>
    Warning,
}

/// <summary>A place in a file.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 code units, as editors count.</param>
/// <param name="Length">How many code units are meant; at least 1.</param>
public sealed record Place(string File, int Line, int Column, int Length = 1);

/// <summary>One thing that is wrong or worth knowing, with everything needed to mend it.</summary>
/// <param name="Code">Stable: <c>HOW0104</c>.</param>
/// <param name="Severity">Whether work can go on.</param>
/// <param name="Message">One sentence in the user's words; never a secret.</param>
/// <param name="Path">The YAML path, such as <c>roles.app.login</c>; empty where it concerns no key.</param>
/// <param name="Hint">What to do about it; null where the message says it all.</param>
/// <param name="Place">Where; null until the reader resolves it from <paramref name="Path"/>, or where no file is concerned.</param>
public sealed record Diagnostic(
    string Code, Severity Severity, string Message, string Path = "", string? Hint = null, Place? Place = null)
{
    /// <summary>An error.</summary>
    public static Diagnostic Error(string code, string message, string path = "", string? hint = null) =>
        new(code, Severity.Error, message, path, hint);

    /// <summary>A warning.</summary>
    public static Diagnostic Warning(string code, string message, string path = "", string? hint = null) =>
        new(code, Severity.Warning, message, path, hint);
}
