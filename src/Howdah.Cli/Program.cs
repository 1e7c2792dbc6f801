using System.CommandLine;
using Howdah.Cli.Commands;

namespace Howdah.Cli;

/// <summary>The tool's entry.</summary>
static class Program
{
    internal const string Version = "0.1.0";

    static async Task<int> Main(string[] args)
    {
        // Asked for by scripts and prompts all day long: answered before anything is built.
        if (args is ["--version"])
        {
            Console.Out.WriteLine($"howdah {Version}");
            return ExitCodes.Done;
        }
        var parsed = Root().Parse(args);
        // Whoever asks for help need not name what the command takes.
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExample)
        {
            var command = parsed.CommandResult.Command;
            var name = Name(command);
            // A group without its command: which there are says more than that one is missing.
            if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0)
                Console.Error.WriteLine($"error: {name} needs a command: "
                    + string.Join(", ", command.Subcommands.Where(inner => !inner.Hidden).Select(inner => inner.Name)));
            else
            {
                foreach (var error in parsed.Errors.Where(error => error.Message != "Required command was not provided."))
                    Console.Error.WriteLine($"error: {error.Message.Replace("\n\t", " ", StringComparison.Ordinal)}");
            }
            Console.Error.WriteLine($"{name} --help tells how it is called.");
            return ExitCodes.Usage;
        }
        // The first Ctrl-C cancels: the step in hand is finished or rolled back. A second one within that time ends the process.
        return await parsed.InvokeAsync(new()
        {
            ProcessTerminationTimeout = parsed.CommandResult.Command.Name == ServeCommand.Name ? ServeCommand.Ending(parsed)
                : TimeSpan.FromSeconds(20),
            EnableDefaultExceptionHandler = false,
        });
    }

    static string Name(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Name(parent)} {command.Name}" : "howdah";

    internal static RootCommand Root()
    {
        var root = new RootCommand("Howdah turns PostgreSQL into an enterprise platform from one file, and proves it.");
        HelpWithExample.AddTo(root);
        root.Add(Common.Environment);
        root.Add(Common.Verbose);
        foreach (var command in (Command[])
            [
                UpCommand.Create(), DownCommand.Create(), PlanCommand.Create(), ApplyCommand.Create(), ProveCommand.Create(),
                    CheckCommand.Create(),
                    EvidenceCommand.Create(),
                    SqlCommand.Create(),
                DsnCommand.Create(), TenantCommand.Create(), MigrateCommand.Create(), PartitionCommand.Create(),
                .. WarehouseCommand.Create(),
                LoadCommand.Create(), QueryCommand.Create(), UpkeepCommand.Create(), ServeCommand.Create(),
                .. FileCommands.Create(), DoctorCommand.Create(),
                CompletionCommand.Create(), DocsCommand.Create(),
            ])
        {
            root.Add(command);
        }
        return root;
    }
}
