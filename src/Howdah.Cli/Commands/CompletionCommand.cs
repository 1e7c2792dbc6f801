using System.CommandLine;
using System.Text;

namespace Howdah.Cli.Commands;

static class CompletionCommand
{
    internal static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = Common.Command("completion", "Prints a completion script for a shell.", "source <(howdah completion bash)");
        command.Add(shell);
        command.SetAction((parsed, token) => Common.GuardAsync(parsed, screen =>
        {
            screen.Out(parsed.GetValue(shell) == "fish" ? Fish() : Bash(parsed.GetValue(shell) == "zsh"));
            return Task.FromResult(ExitCodes.Done);
        }, token));
        return command;
    }

    static string Bash(bool zsh)
    {
        var text = new StringBuilder(zsh ? "autoload -U +X bashcompinit && bashcompinit\n" : "");
        text.Append("_howdah() {\n  local cur=${COMP_WORDS[COMP_CWORD]}\n  case ${COMP_WORDS[1]} in\n");
        foreach (var command in Visible())
            text.Append($"    {command.Name}) COMPREPLY=($(compgen -W \"{Words(command)}\" -- \"$cur\") $(compgen -f -- \"$cur\")) ;;\n");
        text.Append("  esac\n  if [ \"$COMP_CWORD\" = 1 ]; then COMPREPLY=($(compgen -W \"")
            .AppendJoin(' ', Visible().Select(command => command.Name))
            .Append("\" -- \"$cur\")); fi\n}\ncomplete -F _howdah howdah\n");
        return text.ToString();
    }

    static string Fish()
    {
        var text = new StringBuilder();
        foreach (var command in Visible())
        {
            text.Append($"complete -c howdah -n __fish_use_subcommand -a {command.Name} -d "
                + $"'{command.Description!.Split('\n')[0].Replace("'", "\\'", StringComparison.Ordinal)}'\n");
            foreach (var option in command.Options)
                text.Append($"complete -c howdah -n '__fish_seen_subcommand_from {command.Name}' -l {option.Name.TrimStart('-')}\n");
        }
        return text.ToString();
    }

    static IEnumerable<Command> Visible() => Program.Root().Subcommands.Where(command => !command.Hidden);

    static string Words(Command command) =>
        string.Join(' ', command.Subcommands.Select(inner => inner.Name).Concat(command.Options.Select(option => option.Name))
            .Append("--env"));
}
