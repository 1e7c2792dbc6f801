using Howdah.Engine.Applying;
using Howdah.Engine.Servers;

namespace Howdah.Cli.Output;

/// <summary>Writes for people (stderr) and for programs (stdout); every line passes a mask for revealed secrets.</summary>
sealed class Screen
{
    /// <summary>The secrets to mask, once an estate is open.</summary>
    internal SecretStore? Secrets { get; set; }

    internal bool Verbose { get; init; }

    /// <summary>Data.</summary>
    internal void Out(string text) => Console.Out.Write(Mask(text));

    /// <summary>Words for people.</summary>
    internal void Tell(string line) => Console.Error.WriteLine(Mask(line));

    internal void Error(string line) => Tell(Terminal.Paint("error", "1;31", Terminal.ErrorColors) + ": " + line);

    /// <summary>Tells what takes long.</summary>
    internal IProgress<string> Progress => new Sink<string>(message => Tell($"  {message} …"));

    /// <summary>Tells an apply: each step with its time, and what it waits for.</summary>
    internal IProgress<ApplyEvent> Events(Action<ApplyEvent>? planned = null) => new Sink<ApplyEvent>(happened =>
    {
        switch (happened.Kind)
        {
            case ApplyEventKind.Planned:
                planned?.Invoke(happened);
                break;
            case ApplyEventKind.Done:
                var (symbol, style) = PlanText.Symbol(happened.Step!.Action);
                var where = happened.Step.Database is { } database ? $"{database}: " : "";
                Tell($"  {Terminal.Paint(symbol, style, Terminal.ErrorColors)} "
                    + $"{where}{happened.Step.Object}"
                    + $"{Terminal.Paint($"  {happened.Took.TotalMilliseconds:0} ms", "2", Terminal.ErrorColors)}");
                break;
            case ApplyEventKind.Waiting or ApplyEventKind.Recovered:
                Tell($"  {happened.Message}");
                break;
        }
    });

    string Mask(string text)
    {
        foreach (var secret in Secrets?.Revealed ?? [])
        {
            // A very short secret would mask half of all words; it is no secret either.
            if (secret.Length >= 4)
                text = text.Replace(secret, "********", StringComparison.Ordinal);
        }
        return text;
    }

    // System.Progress posts to the thread pool: lines would come out of order, or after the end.
    sealed class Sink<T>(Action<T> act) : IProgress<T>
    {
        public void Report(T value) => act(value);
    }
}
