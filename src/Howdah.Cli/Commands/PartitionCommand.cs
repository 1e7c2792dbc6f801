using System.CommandLine;

namespace Howdah.Cli.Commands;

/// <summary><c>howdah partition</c>.</summary>
static class PartitionCommand
{
    internal static Command Create()
    {
        var command = Common.Command("partition", "Partitions of tables: what is declared is made by apply.",
            "howdah partition convert sales.events --dry-run");
        command.Add(PartitionConvertCommand.Create());
        return command;
    }
}
