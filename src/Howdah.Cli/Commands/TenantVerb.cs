using System.CommandLine;
using Howdah.Cli.Output;
using Howdah.Engine;
using Howdah.Engine.Files;

namespace Howdah.Cli.Commands;

/// <summary>What the verbs of <c>tenant</c> that take long share: the folder, the database, JSON, and their results as JSON.</summary>
static class TenantVerb
{
    internal static Option<bool> Json() => new("--json") { Description = "JSON on stdout." };

    internal static Option<bool> NoProve() => new("--no-prove") { Description = "Do not attack the result." };

    internal static Argument<string> Name() => new("name") { Description = "The tenant's name." };

    /// <summary>Adds the options that say where, and what is done there.</summary>
    internal static Command Ready(Command command, Option<bool> json,
        Func<ParseResult, Screen, Session, DatabaseSpec, CancellationToken, Task<int>> work)
    {
        var path = new Option<string>("--dir")
        {
            Description = "The folder that holds estate.yaml.",
            DefaultValueFactory = _ => SqlCommand.Folder(),
        };
        var database = Common.Database();
        command.Add(path);
        command.Add(database);
        command.Add(json);
        command.SetAction((parsed, token) => Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, (screen, session) =>
            work(parsed, screen, session, Common.Pick(session.Estate, parsed.GetValue(database)), token), token, parsed.GetValue(json)));
        return command;
    }
}
