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
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                Console.Error.WriteLine($"error: {error.Message}");
            Console.Error.WriteLine("howdah --help tells how it is called.");
            return ExitCodes.Usage;
        }
        // The first Ctrl-C cancels: the step in hand is finished or rolled back. A second one within that time ends the process.
        return await parsed.InvokeAsync(new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(20),
            EnableDefaultExceptionHandler = false });
    }

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
                DsnCommand.Create(), TenantCommand.Create(), MigrateCommand.Create(), .. FileCommands.Create(), DoctorCommand.Create(),
                CompletionCommand.Create(), DocsCommand.Create(),
            ])
        {
            root.Add(command);
        }
        return root;
    }
}
