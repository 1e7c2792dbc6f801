using Howdah.Engine.Proving.Reports;

namespace Howdah.Cli.Output;

/// <summary>One line on a terminal that says what is being done, and is gone afterwards; quiet in a pipe.</summary>
sealed class Ticker(Screen screen) : IProgress<string>, IDisposable
{
    readonly bool shown = Terminal.CanClear;

    public void Report(string value)
    {
        if (shown)
            Console.Error.Write($"\r\u001b[K  {Terminal.Fit(Visible.Line(screen.Mask(value)),
                Terminal.ErrorWidth - 4)}");
    }

    public void Dispose()
    {
        if (shown)
            Console.Error.Write("\r\u001b[K");
    }
}
