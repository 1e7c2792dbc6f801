using System.Text.Json;
using Howdah.Gateway.Upkeep;
using Microsoft.AspNetCore.Http;

namespace Howdah.Gateway.Web;

/// <summary>Whether a gateway lives, and whether it is ready. What failed and why stands in the log: messages of the server may quote
/// rows.</summary>
static class Health
{
    // That it answers is the answer: where a loop of it ends for no reason the whole process does.
    internal static Task LiveAsync(HttpContext context) => WriteAsync(context, 200, static json => json.WriteString("status", "live"));

    internal static Task ReadyAsync(HttpContext context, GatewayState state)
    {
        var servers = state.Servers;
        var why = Why(state, servers).ToList();
        return WriteAsync(context, why.Count == 0 ? 200 : 503, json =>
        {
            json.WriteString("status", why.Count == 0 ? "ready" : "unready");
            json.WriteStartArray("why");
            foreach (var each in why)
                json.WriteStringValue(each);
            json.WriteEndArray();
            json.WriteStartArray("servers");
            foreach (var each in servers)
            {
                json.WriteStartObject();
                json.WriteString("server", each.Server);
                json.WriteString("role", Word(each.Role));
                json.WriteString("since", each.Since);
                if (each.Role == StewardRole.Standby)
                    json.WriteString("leader", each.Note);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("chores");
            foreach (var each in state.Chores)
                Write(json, each);
            json.WriteEndArray();
        });
    }

    /// <summary>Why it is not ready; nothing where it is.</summary>
    static IEnumerable<string> Why(GatewayState state, IReadOnlyList<StewardSeen> servers)
    {
        if (state.Stopping)
            yield return "it is being stopped";
        if (!state.Opened)
            yield return "the estate is being opened";
        foreach (var each in servers.Where(static each => each.Role is StewardRole.Starting or StewardRole.Away))
            yield return each.Role == StewardRole.Starting ? $"server {each.Server}: not connected yet" : $"server {each.Server}: away";
    }

    static void Write(Utf8JsonWriter json, ChoreSeen each)
    {
        json.WriteStartObject();
        json.WriteString("chore", each.Chore.Name);
        json.WriteString("server", each.Chore.Server);
        json.WriteString("state", each.Begun is not null ? "running" : each.Due is null ? "idle"
            : each.Failures > 0 ? each.TooLong ? "timed_out" : "failing" : "due");
        if (each.Due is { } due && each.Begun is null)
            json.WriteString("due", due);
        if (each.LastDone is { } done)
            json.WriteString("last_success", done);
        json.WriteNumber("failures", each.Failures);
        if (each.LeftOut is { } left)
            json.WriteString("missed_left_out_up_to", left);
        json.WriteEndObject();
    }

    internal static string Word(StewardRole role) => role.ToString().ToLowerInvariant();

    static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.Length;
        await context.Response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), context.RequestAborted);
    }
}
