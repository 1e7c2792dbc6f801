using System.Globalization;
using Howdah.Engine.Applying;

namespace Howdah.Cli.Output;

/// <summary>
/// The last line of a terminal while an apply works: which step of how many, for how long, what it waits for. Lines that are told meanwhile
/// go above it. It is written anew every second, so that a long step is seen to live.
/// </summary>
sealed class ProgressLine : IDisposable
{
    readonly Lock gate = new();
    readonly TextWriter terminal;
    readonly TimeProvider time;
    readonly Func<int> width;
    readonly bool colors;
    readonly long start;
    readonly ITimer tick;
    int total;
    int done;
    long began;
    string? step;
    string? waits;
    bool shown;

    internal ProgressLine(TextWriter terminal, TimeProvider time, Func<int> width, bool colors)
    {
        this.terminal = terminal;
        this.time = time;
        this.width = width;
        this.colors = colors;
        start = time.GetTimestamp();
        tick = time.CreateTimer(_ => Draw(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    internal void On(ApplyEvent happened)
    {
        lock (gate)
        {
            switch (happened.Kind)
            {
                case ApplyEventKind.Planned:
                    total = happened.Plan!.Steps.Count;
                    break;
                case ApplyEventKind.Began:
                    (step, waits, began) = (Screen.Name(happened.Step!), null, time.GetTimestamp());
                    break;
                case ApplyEventKind.Waiting:
                    waits = happened.Message;
                    break;
                case ApplyEventKind.Done:
                    done++;
                    (step, waits) = (null, null);
                    break;
            }
        }
        Draw();
    }

    /// <summary>Writes a line above.</summary>
    internal void Above(string line)
    {
        lock (gate)
        {
            Clear();
            terminal.WriteLine(line);
        }
        Draw();
    }

    public void Dispose()
    {
        tick.Dispose();
        lock (gate)
        {
            total = 0;
            Clear();
            terminal.Flush();
        }
    }

    void Draw()
    {
        lock (gate)
        {
            if (total == 0)
                return;
            Clear();
            // One short of the width: a full line would wrap, and the next one clear only its rest.
            terminal.Write(Terminal.Paint(Terminal.Fit(Text(), width() - 1), "2", colors));
            terminal.Flush();
            shown = true;
        }
    }

    void Clear()
    {
        if (shown)
            terminal.Write("\r\u001b[K");
        shown = false;
    }

    string Text()
    {
        var what = waits ?? step ?? "looking again whether all is as declared";
        var own = step is not null && time.GetElapsedTime(began) is { TotalSeconds: >= 1 } took ? $" ({Clock(took)})" : "";
        var number = Math.Min(done + (step is null ? 0 : 1), total);
        return $"[{number}/{total}] {Clock(time.GetElapsedTime(start))}  {Wrapping.Clean(what)}{own}";
    }

    static string Clock(TimeSpan span) => span.ToString(span.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);
}
