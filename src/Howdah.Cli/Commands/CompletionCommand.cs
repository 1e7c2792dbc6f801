using System.CommandLine;
using System.CommandLine.Completions;
using System.Text;

namespace Howdah.Cli.Commands;

static class CompletionCommand
{
    internal static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or powershell." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "powershell");
        var command = Common.Command("completion", "Prints a completion script for a shell.", "source <(howdah completion bash)");
        command.Add(shell);
        command.SetAction((parsed, token) => Common.GuardAsync(parsed, screen =>
        {
            screen.Out(parsed.GetValue(shell) switch
            {
                "fish" => Fish(),
                "powershell" => PowerShell(),
                var posix => Bash(posix == "zsh"),
            });
            return Task.FromResult(ExitCodes.Done);
        }, token));
        return command;
    }

    // zsh runs bash's scripts through bashcompinit.
    static string Bash(bool zsh)
    {
        var places = Places();
        var text = new StringBuilder(zsh ? "autoload -U +X bashcompinit && bashcompinit\n" : "");
        text.Append("_howdah() {\n  local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} at= words= files= i\n")
            .Append("  for ((i = 1; i < COMP_CWORD; i++)); do\n    case \"$at ${COMP_WORDS[i]}\" in\n      ")
            .AppendJoin('|', places.Where(place => place.Path.Length > 0).Select(place => $"' {place.Path}'"))
            .Append(") at=\"$at ${COMP_WORDS[i]}\" ;;\n    esac\n  done\n  case \"$at|$before\" in\n");
        foreach (var place in places)
        {
            foreach (var (option, allowed) in place.Values)
                text.Append($"    '{Lead(place)}|{option}') words='{string.Join(' ', allowed)}' ;;\n");
        }
        foreach (var place in places)
        {
            // What stands after an option may be its value, and that a file.
            text.Append($"    '{Lead(place)}|--'*) words='{string.Join(' ', place.Words)}' files=1 ;;\n")
                .Append($"    '{Lead(place)}|'*) words='{string.Join(' ', place.Words)}' files={(place.TakesFile ? "1" : "")} ;;\n");
        }
        return text.Append("  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n")
            .Append("  [ -z \"$files\" ] || COMPREPLY+=($(compgen -f -- \"$cur\"))\n}\ncomplete -F _howdah howdah ./howdah\n").ToString();

        static string Lead(Place place) => place.Path.Length > 0 ? " " + place.Path : "";
    }

    static string PowerShell()
    {
        var places = Places();
        var text = new StringBuilder("Register-ArgumentCompleter -Native -CommandName howdah, ./howdah -ScriptBlock {\n")
            .Append("  param($word, $ast, $cursor)\n  $known = @{\n");
        foreach (var place in places)
        {
            text.Append($"    {Quoted(place.Path)} = {List(place.Words)}\n");
            foreach (var (option, allowed) in place.Values)
                text.Append($"    {Quoted($"{place.Path} {option}".Trim())} = {List(allowed)}\n");
        }
        return text.Append("""
              }
              $at = ''
              $last = ''
              foreach ($element in $ast.CommandElements | Select-Object -Skip 1) {
                if ($element.Extent.EndOffset -ge $cursor) { break }
                $last = $element.Extent.Text
                $next = "$at $last".Trim()
                if (-not $last.StartsWith('-') -and $known.ContainsKey($next)) { $at = $next }
              }
              $values = "$at $last".Trim()
              $words = if ($last.StartsWith('-') -and $known.ContainsKey($values)) { $known[$values] } else { $known[$at] }
              $words | Where-Object { $_.StartsWith($word) } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
              }
            }

            """).ToString();

        static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
        static string List(IEnumerable<string> words) => $"@({string.Join(", ", words.Select(Quoted))})";
    }

    static string Fish()
    {
        var text = new StringBuilder();
        foreach (var command in Visible(Program.Root()))
        {
            text.Append($"complete -c howdah -n __fish_use_subcommand -a {command.Name} -d {Quoted(command.Description!)}\n");
            foreach (var inner in Visible(command))
                text.Append($"complete -c howdah -n '__fish_seen_subcommand_from {command.Name}' -a {inner.Name} "
                    + $"-d {Quoted(inner.Description!)}\n");
            foreach (var option in Visible(command).Append(command).SelectMany(each => each.Options).Where(option => !option.Hidden)
                .DistinctBy(option => option.Name))
            {
                var values = Values(option);
                text.Append($"complete -c howdah -n '__fish_seen_subcommand_from {command.Name}' -l {option.Name.TrimStart('-')}"
                    + $"{(values.Count > 0 ? $" -xa {Quoted(string.Join(' ', values))}" : "")} -d {Quoted(option.Description ?? "")}\n");
            }
        }
        return text.ToString();

        static string Quoted(string words) => $"'{words.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'",
            StringComparison.Ordinal)}'";
    }

    /// <summary>A place where a word may be asked for: the commands so far, the words that may follow, the values of options.</summary>
    sealed record Place(string Path, List<string> Words, List<(string Option, List<string> Allowed)> Values, bool TakesFile);

    static List<Place> Places()
    {
        var places = new List<Place>();
        Walk(Program.Root(), "");
        return places;

        void Walk(Command command, string path)
        {
            List<Option> options = [.. command.Options.Where(option => !option.Hidden && option.Name is ['-', '-', ..])];
            if (path.Length > 0)
                options.AddRange([Common.Environment, Common.Verbose]);
            // An argument may know its own values, such as the shells of this very command.
            var arguments = command.Arguments.Select(argument => Words(argument.GetCompletions(CompletionContext.Empty))).ToList();
            places.Add(new(path,
                [.. Visible(command).Select(inner => inner.Name), .. arguments.SelectMany(each => each),
                    .. options.Select(option => option.Name), "--help"],
                [.. options.Select(option => (option.Name, Values(option))).Where(each => each.Item2.Count > 0)],
                arguments.Any(each => each.Count == 0)));
            foreach (var inner in Visible(command))
                Walk(inner, $"{path} {inner.Name}".Trim());
        }
    }

    static List<string> Values(Option option) =>
        option.ValueType == typeof(bool) ? [] : Words(option.GetCompletions(CompletionContext.Empty));

    static List<string> Words(IEnumerable<CompletionItem> items) => [.. items.Select(item => item.Label).Order(StringComparer.Ordinal)];

    static IEnumerable<Command> Visible(Command command) => command.Subcommands.Where(inner => !inner.Hidden);
}
