using Howdah.Engine.Upkeep;

namespace Howdah.Gateway;

/// <summary>Tells what happens, in the words of <see cref="GatewayEvent"/>.</summary>
sealed class Log(GatewayOptions options)
{
    internal void Tell(GatewayLevel level, string kind, string message, string? server = null) =>
        options.Events?.Report(new(options.Time.GetUtcNow(), level, kind, message) { Server = server });

    internal void Tell(GatewayLevel level, string kind, string message, Chore chore, TimeSpan took) =>
        options.Events?.Report(new(options.Time.GetUtcNow(), level, kind, message) { Server = chore.Server, Chore = chore.Name,
            Took = took });
}
