using System.Text;
using System.Text.Json;
using Howdah.Engine.Applying;

namespace Howdah.Cli.Output;

/// <summary>An apply as programs follow it: one JSON document a line.</summary>
sealed class JsonEvents(Screen screen) : IProgress<ApplyEvent>
{
    public void Report(ApplyEvent value)
    {
        if (value.Kind == ApplyEventKind.Planned)
            return;
        screen.Out(Line(json =>
        {
            json.WriteString("event", value.Kind.ToString().ToLowerInvariant());
            json.WriteString("step", value.Step?.Id);
            json.WriteString("message", value.Message);
            if (value.Kind == ApplyEventKind.Done)
                json.WriteNumber("milliseconds", (long)value.Took.TotalMilliseconds);
        }));
    }

    internal static string End(ApplyResult result) => Line(json =>
    {
        json.WriteString("event", "end");
        json.WriteString("outcome", result.Outcome.ToString().ToLowerInvariant());
        json.WriteNumber("done", result.DoneSteps);
        json.WriteString("at", result.At?.Id);
        json.WriteString("message", result.Message);
    });

    static string Line(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
