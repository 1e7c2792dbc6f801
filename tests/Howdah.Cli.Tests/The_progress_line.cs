using Howdah.Cli.Output;
using Howdah.Engine.Applying;
using Howdah.Engine.Planning;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class The_progress_line : IDisposable
{
    readonly FakeTimeProvider time = new();
    readonly StringWriter terminal = new();

    [Fact]
    public void Tells_the_step_of_how_many_how_long_and_what_it_waits_for()
    {
        var (one, two) = (Of("table store.a"), Of("table store.b"));
        using (var line = new ProgressLine(terminal, time, () => 80, colors: false))
        {
            Assert.Equal("", Seen()); // before the plan there is nothing to count
            line.On(new(ApplyEventKind.Planned, null, "", Plan: new("e", [one, two], [], "", [])));
            line.On(new(ApplyEventKind.Began, one, ""));
            Assert.Equal("[1/2] 0:00  store: table store.a", Seen());
            time.Advance(TimeSpan.FromSeconds(65));
            Assert.Equal("[1/2] 1:05  store: table store.a (1:05)", Seen());
            line.On(new(ApplyEventKind.Waiting, one, "table store.a waits for pid 7 (user me)"));
            Assert.Equal("[1/2] 1:05  table store.a waits for pid 7 (user me) (1:05)", Seen());
            line.On(new(ApplyEventKind.Done, one, ""));
            line.Above("  + store: table store.a");
            Assert.EndsWith($"\r\u001b[K  + store: table store.a{Environment.NewLine}[1/2] 1:05  looking again whether all is as declared",
                terminal.ToString(), StringComparison.Ordinal);
            line.On(new(ApplyEventKind.Began, two, ""));
            Assert.Equal("[2/2] 1:05  store: table store.b", Seen());
        }
        Assert.EndsWith("\r\u001b[K", terminal.ToString(), StringComparison.Ordinal);
        var ended = terminal.ToString();
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(ended, terminal.ToString());
    }

    [Fact]
    public void Never_fills_a_line_nor_begins_a_new_one()
    {
        var step = Of("table " + new string('x', 200) + "\u001b[2J\n");
        using var line = new ProgressLine(terminal, time, () => 40, colors: false);
        line.On(new(ApplyEventKind.Planned, null, "", Plan: new("e", [step], [], "", [])));
        line.On(new(ApplyEventKind.Began, step, ""));
        Assert.Equal(39, Seen().Length);
        Assert.DoesNotContain('\n', terminal.ToString());
        Assert.DoesNotContain("\u001b[2J", terminal.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => terminal.Dispose();

    // What stands on the last line: what came after it was last cleared.
    string Seen() => terminal.ToString().Split("\r\u001b[K")[^1].Split(Environment.NewLine)[^1];

    static Step Of(string thing) => new()
    {
        Id = thing, Server = "main", Database = "store", Pattern = "p", Object = thing, Action = StepAction.Create, Sql = [],
    };
}
