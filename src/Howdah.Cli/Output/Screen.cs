using System.Globalization;
using Howdah.Engine.Applying;
using Howdah.Engine.Planning;
using Howdah.Engine.Servers;

namespace Howdah.Cli.Output;

/// <summary>Writes for people (stderr) and for programs (stdout); every line passes a mask for revealed secrets.</summary>
sealed class Screen
{
    /// <summary>The secrets to mask, once an estate is open.</summary>
    internal SecretStore? Secrets { get; set; }

    internal bool Verbose { get; init; }

    Action<string>? above;
    Action<ApplyEvent>? watch;

    /// <summary>Shows a progress line until the end, where stderr is a terminal that can clear a line.</summary>
    internal IDisposable? Live()
    {
        if (!Terminal.CanClear)
            return null;
        var line = new ProgressLine(Console.Error, TimeProvider.System, () => Terminal.ErrorWidth, Terminal.ErrorColors);
        (above, watch) = (line.Above, line.On);
        return new End(() =>
        {
            (above, watch) = (null, null);
            line.Dispose();
        });
    }

    /// <summary>A step by its object and, where it is in one, its database.</summary>
    internal static string Name(Step step) => Wrapping.Clean(step.Database is { } database ? $"{database}: {step.Object}" : step.Object);

    /// <summary>Data.</summary>
    internal void Out(string text) => Console.Out.Write(Mask(text));

    /// <summary>A report, whose texts were masked before it was written: a mask over the whole would break its seal.</summary>
    internal static void Report(string text) => Console.Out.Write(text);

    /// <summary>Words for people.</summary>
    internal void Tell(string line)
    {
        if (above is not null)
            above(Mask(line));
        else
            Console.Error.WriteLine(Mask(line));
    }

    internal void Error(string line) => Tell(Terminal.Paint("error", "1;31", Terminal.ErrorColors) + ": " + line);

    /// <summary>Tells what takes long.</summary>
    internal IProgress<string> Progress => new Sink<string>(message => Tell($"  {message} …"));

    /// <summary>Tells an apply: each step with its time, and what it waits for.</summary>
    internal IProgress<ApplyEvent> Events(Action<ApplyEvent>? planned = null) => new Sink<ApplyEvent>(happened =>
    {
        watch?.Invoke(happened);
        switch (happened.Kind)
        {
            case ApplyEventKind.Planned:
                planned?.Invoke(happened);
                break;
            case ApplyEventKind.Done:
                var (symbol, style) = PlanText.Symbol(happened.Step!.Action);
                // "- database store" alone would frighten: what is taken away stands in the detail.
                var detail = Terminal.Fit(Wrapping.Clean(happened.Step.Detail), 60);
                Tell($"  {Terminal.Paint(symbol, style, Terminal.ErrorColors)} {Name(happened.Step)}"
                    + (detail.Length > 0 ? $": {detail}" : "")
                    + Terminal.Paint($"  {Took(happened.Took)}", "2", Terminal.ErrorColors));
                break;
            case ApplyEventKind.Waiting or ApplyEventKind.Recovered:
                Tell($"  {happened.Message}");
                break;
        }
    });

    static string Took(TimeSpan span) => span.TotalSeconds < 1 ? $"{span.TotalMilliseconds:0} ms"
        : span.TotalMinutes < 1 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s")
        : $"{(int)span.TotalMinutes} min {span.Seconds} s";

    internal string Mask(string text) => Secrets is null ? text : SecretMask.Apply(text, Secrets.Revealed);

    // System.Progress posts to the thread pool: lines would come out of order, or after the end.
    sealed class End(Action act) : IDisposable
    {
        public void Dispose() => act();
    }

    sealed class Sink<T>(Action<T> act) : IProgress<T>
    {
        public void Report(T value) => act(value);
    }
}
