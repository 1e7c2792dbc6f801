using System.CommandLine;
using Howdah.Cli.Output;
using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Servers;
using Howdah.Patterns;
using Npgsql;

namespace Howdah.Cli.Commands;

/// <summary>What all commands share: options, opening an estate, telling expected failures.</summary>
static class Common
{
    internal const string DefaultFolder = "samples/superstore";

    internal static EstateEngine Engine => new(Builtin.All);

    internal static Argument<string> Path(string fallback = ".")
    {
        var path = new Argument<string>("path")
        {
            Description = $"The folder that holds estate.yaml, or the file itself (default: {fallback}).",
            DefaultValueFactory = _ => fallback,
        };
        // A mistyped option must not be taken for a folder.
        path.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] and var option }])
                result.AddError($"unknown option {option}");
        });
        return path;
    }

    internal static Option<string?> Environment { get; } = new(
        "--env") { Description = "The environment (overlay) of the estate file to use.", Recursive = true };

    internal static Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Tell more: every step of a plan, stack traces of failures.",
        Recursive = true,
    };

    internal static Option<string?> Database() =>
        new("--database") { Description = "The database; may be left out where the estate has one." };

    /// <summary>A command with an example in its help.</summary>
    internal static Command Command(string name, string about, string example) => new Worded(name, about, example);

    /// <summary>Runs a command's work; expected failures become one sentence and an exit code.</summary>
    internal static async Task<int> GuardAsync(ParseResult parsed, Func<Screen, Task<int>> work, CancellationToken token)
    {
        var screen = new Screen { Verbose = parsed.GetValue(Verbose) };
        try
        {
            return await work(screen);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            screen.Tell("Stopped.");
            return ExitCodes.Stopped;
        }
        catch (Exception failed) when (failed is ServerUnavailableException or LoginUnavailableException or NpgsqlException or IOException
            or UnauthorizedAccessException or FormatException or ArgumentException or StepFailure)
        {
            screen.Error(failed is PostgresException server ? $"{server.MessageText} (SQLSTATE {server.SqlState})" : Chain(failed));
            if (screen.Verbose)
                screen.Tell(failed.ToString());
            return ExitCodes.Failed;
        }
    }

    /// <summary>Reads the estate; null once its mistakes are told.</summary>
    internal static Estate? Load(Screen screen, ParseResult parsed, string path, bool json = false)
    {
        var loaded = Engine.Load(path, parsed.GetValue(Environment));
        if (json && loaded.Estate is null)
            screen.Out(DiagnosticText.WriteJson(loaded.Diagnostics));
        else if (loaded.Diagnostics.Count > 0)
            screen.Tell(DiagnosticText.Write(loaded.Diagnostics, loaded.Sources).TrimEnd());
        return loaded.Estate;
    }

    /// <summary>Opens the estate's servers.</summary>
    internal static async Task<Session> OpenAsync(Screen screen, Estate estate, bool start, CancellationToken token)
    {
        screen.Secrets = new FileSecretStore(estate.StateFolder, estate.Folder);
        return await Engine.OpenAsync(estate, new(start, screen.Progress, screen.Secrets), token);
    }

    /// <summary>Reads the estate and opens its servers; an exit code where that fails.</summary>
    internal static async Task<int> WithSessionAsync(
        ParseResult parsed, string path, bool start, Func<Screen, Session, Task<int>> work, CancellationToken token, bool json = false) =>
        await GuardAsync(parsed, async screen =>
            Load(screen, parsed, path, json) is { } estate ? await work(screen, await OpenAsync(screen, estate, start, token))
                : ExitCodes.Failed, token);

    /// <summary>The database meant: the one named, or the only one.</summary>
    internal static DatabaseSpec Pick(Estate estate, string? name) =>
        name is not null
            ? estate.Databases.FirstOrDefault(database => database.Name == name)
                ?? throw new ArgumentException(
                    $"there is no database `{name}` in this estate; it has "
                        + $"{string.Join(", ", estate.Databases.Select(database => database.Name))}")
            : estate.Databases.Count == 1 ? estate.Databases[0]
                : throw new ArgumentException($"name the database with --database: this estate has "
                    + $"{string.Join(", ", estate.Databases.Select(database => database.Name))}");

    static string Chain(Exception failed) =>
        failed.InnerException is { } inner && failed is NpgsqlException ? $"{failed.Message}: {inner.Message}" : failed.Message;
}

/// <summary>A command cannot go on, for a reason told in one sentence.</summary>
sealed class StepFailure(string message) : Exception(message);
