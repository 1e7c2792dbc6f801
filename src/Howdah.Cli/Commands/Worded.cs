using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Howdah.Cli.Output;

namespace Howdah.Cli.Commands;

/// <summary>A command with an example, which its own help shows and the list of all commands does not.</summary>
sealed class Worded(string name, string about, string example) : Command(name, about)
{
    internal string Example => example;
}

/// <summary>Help that ends with an example and keeps to the width.</summary>
sealed class HelpWithExample(HelpAction usual) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        usual.MaxWidth = Terminal.Width;
        var exit = usual.Invoke(parseResult);
        var example = parseResult.CommandResult.Command is Worded worded ? worded.Example : $"howdah up {Common.DefaultFolder}";
        parseResult.InvocationConfiguration.Output.WriteLine($"Example:\n  {example}");
        return exit;
    }

    /// <summary>Puts itself in place of a root's own help.</summary>
    internal static void AddTo(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new HelpWithExample((HelpAction)option.Action!);
    }
}
