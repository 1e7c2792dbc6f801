using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Howdah.Cli.Output;
using Howdah.Gateway;

namespace Howdah.Cli.Commands;

/// <summary><c>howdah serve</c>: the host that stays.</summary>
static class ServeCommand
{
    internal const string Name = "serve";

    /// <summary>What is left after the grace for work that was called off to be rolled back.</summary>
    static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);

    static Option<int> Grace { get; } = new("--grace")
    {
        Description = "How many seconds work in hand has to end when it is stopped; then it is rolled back.",
        DefaultValueFactory = static _ => 15,
    };

    /// <summary>How long the process may take to end after a signal.</summary>
    internal static TimeSpan Ending(ParseResult parsed) => TimeSpan.FromSeconds(parsed.GetValue(Grace)) + Rest;

    internal static Command Create()
    {
        var path = Common.Path();
        var listen = new Option<IPEndPoint>("--listen")
        {
            Description = "Where health and metrics are asked; port 0 takes a free one, which is told.",
            DefaultValueFactory = static _ => new(IPAddress.Loopback, 9188),
            CustomParser = static result => IPEndPoint.TryParse(result.Tokens[0].Value, out var point)
                && result.Tokens[0].Value.Contains(':', StringComparison.Ordinal) ? point : Wrong(result),
        };
        var json = new Option<bool>("--json") { Description = "One JSON document a line on stdout for each event." };
        Grace.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 86_400)
                result.AddError("--grace wants seconds from 0 to 86400");
        });
        var command = Common.Command(Name, "Stays and looks after the estate: partitions, rollups; of several only one acts, another takes "
            + "over. SIGHUP reads the estate again, SIGTERM ends it.", "howdah serve /srv/estate --listen 127.0.0.1:9188");
        command.Add(path);
        foreach (var option in (Option[])[listen, Grace, json])
            command.Add(option);
        command.SetAction((parsed, token) => Common.GuardAsync(parsed, async screen =>
            await GatewayHost.RunAsync(new()
            {
                Load = () => Common.Engine.Load(parsed.GetValue(path)!, parsed.GetValue(Common.Environment)),
                Open = (estate, start, stop) => Common.OpenAsync(screen, estate, start, stop),
                Listen = parsed.GetValue(listen)!,
                Who = $"howdah serve on {Environment.MachineName} (pid {Environment.ProcessId})",
                Version = Program.Version,
                Grace = TimeSpan.FromSeconds(parsed.GetValue(Grace)),
                Events = new Told(screen, parsed.GetValue(json)),
            }, token) ? ExitCodes.Done : ExitCodes.Failed, token));
        return command;
    }

    static IPEndPoint? Wrong(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"--listen wants an address and a port, as 127.0.0.1:9188 or [::1]:0, not {result.Tokens[0].Value}");
        return null;
    }

    sealed class Told(Screen screen, bool json) : IProgress<GatewayEvent>
    {
        readonly Lock one = new();

        public void Report(GatewayEvent value)
        {
            lock (one)
            {
                if (json)
                    screen.Out(Json(value));
                else
                    screen.Tell(Text(value));
            }
        }

        static string Text(GatewayEvent value)
        {
            var level = value.Level.ToString().ToLowerInvariant();
            var about = value.Chore ?? value.Server;
            var took = value.Took is { } span ? string.Create(CultureInfo.InvariantCulture, $"  {span.TotalMilliseconds:0} ms") : "";
            return string.Create(CultureInfo.InvariantCulture, $"{value.At:yyyy-MM-ddTHH:mm:ss.fffZ} ")
                + Terminal.Paint(level.PadRight(8), value.Level switch
                {
                    GatewayLevel.Error => "1;31",
                    GatewayLevel.Warning => "33",
                    _ => "2",
                }, Terminal.ErrorColors)
                + $"{value.Kind}: {(about is null ? "" : about + ": ")}{Wrapping.Clean(value.Message)}"
                + (took.Length > 0 ? Terminal.Paint(took, "2", Terminal.ErrorColors) : "");
        }

        static string Json(GatewayEvent value)
        {
            using var stream = new MemoryStream();
            using (var writer = new Utf8JsonWriter(stream))
            {
                writer.WriteStartObject();
                writer.WriteString("at", value.At);
                writer.WriteString("level", value.Level.ToString().ToLowerInvariant());
                writer.WriteString("event", value.Kind);
                if (value.Server is { } server)
                    writer.WriteString("server", server);
                if (value.Chore is { } chore)
                    writer.WriteString("chore", chore);
                if (value.Took is { } took)
                    writer.WriteNumber("milliseconds", (long)took.TotalMilliseconds);
                writer.WriteString("message", value.Message);
                writer.WriteEndObject();
            }
            return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
        }
    }
}
