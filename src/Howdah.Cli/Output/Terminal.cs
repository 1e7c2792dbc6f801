namespace Howdah.Cli.Output;

/// <summary>What the terminal can show. stdout is data, stderr is for people.</summary>
static class Terminal
{
    /// <summary>Whether stdout shows colors: NO_COLOR, CLICOLOR_FORCE and TERM=dumb are obeyed.</summary>
    internal static bool Colors { get; } = Decide(Console.IsOutputRedirected);

    internal static bool ErrorColors { get; } = Decide(Console.IsErrorRedirected);

    internal static bool IsInteractive => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>Whether a line of stderr can be cleared and written anew.</summary>
    internal static bool CanClear { get; } = !Console.IsErrorRedirected
        && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb";

    /// <summary>The columns of the terminal behind stderr, asked anew: a window may change while an apply runs.</summary>
    internal static int ErrorWidth
    {
        get
        {
            try
            {
                return Console.WindowWidth is var width and > 20 ? width : 80;
            }
            catch (IOException)
            {
                return 80; // a terminal that does not tell
            }
        }
    }

    /// <summary>Columns: the terminal's, within 60 and 200; 100 where there is none.</summary>
    internal static int Width { get; } = DecideWidth();

    internal static string Paint(string text, string style, bool colors) => colors ? $"\u001b[{style}m{text}\u001b[0m" : text;

    /// <summary>Cuts the middle out of a text that is too wide: both ends of a name tell more than its beginning.</summary>
    internal static string Fit(string text, int width)
    {
        if (text.Length <= width || width < 8)
            return text;
        var tail = (width - 1) / 3;
        return text[..(width - 1 - tail)] + "…" + text[^tail..];
    }

    static bool Decide(bool redirected)
    {
        if (Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 })
            return false;
        if (Environment.GetEnvironmentVariable("CLICOLOR_FORCE") is { Length: > 0 } force && force != "0")
            return true;
        return !redirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
    }

    static int DecideWidth()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns))
            return Math.Clamp(columns, 60, 200);
        if (Console.IsOutputRedirected)
            return 100;
        try
        {
            return Console.WindowWidth is var width and > 0 ? Math.Clamp(width, 60, 200) : 100;
        }
        catch (IOException)
        {
            return 100; // a terminal that does not tell
        }
    }
}
