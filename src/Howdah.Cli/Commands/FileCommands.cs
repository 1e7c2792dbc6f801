using System.CommandLine;
using Howdah.Engine.Files;
using Howdah.Patterns;

namespace Howdah.Cli.Commands;

/// <summary>Commands about the file alone: init, explain, schema.</summary>
static class FileCommands
{
    internal static IEnumerable<Command> Create()
    {
        yield return Init();
        yield return ExplainKey();
        yield return Schema();
    }

    static Command Init()
    {
        var path = new Argument<string>("path") { Description = "The folder for the new estate.yaml.", DefaultValueFactory = _ => "." };
        var command = Common.Command("init", "Writes a commented estate.yaml to start from.", "howdah init shop");
        command.Add(path);
        command.SetAction((parsed, token) => Common.GuardAsync(parsed, async screen =>
        {
            var folder = parsed.GetValue(path)!;
            var file = Path.Combine(folder, EstateReader.FileName);
            if (File.Exists(file))
                throw new ArgumentException($"{file} is there already; nothing was written");
            Directory.CreateDirectory(Path.Combine(folder, "migrations"));
            await File.WriteAllTextAsync(file, StarterEstate.Text, token);
            await File.WriteAllTextAsync(Path.Combine(folder, "migrations", "0001_tables.sql"), StarterEstate.Migration, token);
            screen.Tell($"Wrote {file} and a first migration. Next: howdah up {folder}");
            return ExitCodes.Done;
        }, token));
        return command;
    }

    static Command ExplainKey()
    {
        var what = new Argument<string>("what") { Description = "A key (databases.tenancy.model) or a code (HOW0104)." };
        var command = Common.Command("explain", "Says what a key or a code means.", "howdah explain databases.tenancy.model");
        command.Add(what);
        command.SetAction((parsed, token) => Common.GuardAsync(parsed, screen =>
        {
            var (text, near) = Explain.Find(parsed.GetValue(what)!, Builtin.All);
            if (text is null)
                throw new ArgumentException($"there is no key or code "
                    + $"`{parsed.GetValue(what)}`{(near is null ? "" : $"; did you mean `{near}`?")}");
            screen.Out(text);
            return Task.FromResult(ExitCodes.Done);
        }, token));
        return command;
    }

    static Command Schema()
    {
        var command = Common.Command("schema", "Prints the JSON Schema of estate.yaml, for editors.", "howdah schema > estate.schema.json");
        command.SetAction((parsed, token) => Common.GuardAsync(parsed, screen =>
        {
            screen.Out(EstateSchema.ToJson(Builtin.All));
            return Task.FromResult(ExitCodes.Done);
        }, token));
        return command;
    }
}
