using System.CommandLine;
using Howdah.Engine.Servers;

namespace Howdah.Cli.Commands;

static class DownCommand
{
    internal static Command Create()
    {
        var path = Common.Path(Common.DefaultFolder);
        var purge = new Option<bool>("--purge") { Description = "Also delete their data and the generated secrets." };
        var command = Common.Command("down", "Stops the estate's embedded servers.", "howdah down --purge");
        command.Add(path);
        command.Add(purge);
        command.SetAction((parsed, token) => Common.GuardAsync(parsed, async screen =>
        {
            if (Common.Load(screen, parsed, parsed.GetValue(path)!) is not { } estate)
                return ExitCodes.Failed;
            var names = await ServerDirectory.CloseAsync(estate, parsed.GetValue(purge), token);
            screen.Tell(names.Count == 0 ? "The estate has no embedded server."
                : $"{(parsed.GetValue(purge) ? "Stopped and deleted" : "Stopped")}: {string.Join(", ", names)}.");
            return ExitCodes.Done;
        }, token));
        return command;
    }
}
