using System.CommandLine;
using Howdah.Patterns.Warehouse;

namespace Howdah.Cli.Commands;

/// <summary><c>howdah warehouse</c> and <c>howdah rollup</c>.</summary>
static class WarehouseCommand
{
    internal static IEnumerable<Command> Create()
    {
        var warehouse = Common.Command("warehouse", "The declared warehouse for people: its diagram, its data dictionary.",
            "howdah warehouse diagram samples/superstore");
        var format = new Option<string>("--format")
        {
            Description = "mermaid (text, which many pages draw) or svg (a picture, light or dark as its reader's screen).",
            DefaultValueFactory = static _ => "mermaid",
        };
        format.AcceptOnlyFromAmong("mermaid", "svg");
        var diagram = Text("diagram", "Draws the star.", "howdah warehouse diagram --format svg > star.svg",
            (parsed, database) => parsed.GetValue(format) == "svg" ? WarehouseDocs.Svg(database) : WarehouseDocs.Mermaid(database));
        diagram.Add(format);
        warehouse.Add(diagram);
        warehouse.Add(Text("docs", "Writes the data dictionary in Markdown.", "howdah warehouse docs > dictionary.md",
            static (_, database) => WarehouseDocs.Dictionary(database)));
        yield return warehouse;
        var rollup = Common.Command("rollup", "Rollups of the warehouse.", "howdah rollup refresh");
        rollup.Add(Refresh());
        yield return rollup;
    }

    static Command Text(string name, string about, string example,
        Func<ParseResult, Engine.Files.DatabaseSpec, string?> write)
    {
        var path = Common.Path();
        var database = Common.Database();
        var command = Common.Command(name, about, example);
        command.Add(path);
        command.Add(database);
        command.SetAction((parsed, token) => Common.GuardAsync(parsed, screen =>
        {
            if (Common.Load(screen, parsed, parsed.GetValue(path)!) is not { } estate)
                return Task.FromResult(ExitCodes.Failed);
            var target = Common.Pick(estate, parsed.GetValue(database));
            var text = write(parsed, target) ?? throw new ArgumentException($"database {target.Name} declares no warehouse");
            screen.Out(text.TrimEnd() + "\n");
            return Task.FromResult(ExitCodes.Done);
        }, token));
        return command;
    }

    static Command Refresh()
    {
        var name = new Argument<string?>("name") { Description = "The rollup (default: all).", Arity = ArgumentArity.ZeroOrOne };
        var path = new Option<string>("--dir") { Description = "The folder that holds estate.yaml.", DefaultValueFactory = _ =>
            SqlCommand.Folder() };
        var database = Common.Database();
        var command = Common.Command("refresh", "Works out anew the buckets that changed; may run beside loads and beside itself.",
            "howdah rollup refresh sales_by_month");
        command.Add(name);
        command.Add(path);
        command.Add(database);
        command.SetAction((parsed, token) =>
            Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, async (screen, session) =>
        {
            var done = await WarehouseRollups.RefreshAsync(session, Common.Pick(session.Estate, parsed.GetValue(database)),
                parsed.GetValue(name), token);
            screen.Tell(done.Count == 0 ? "No rollup is declared." : $"Refreshed: {string.Join(", ", done)}.");
            return ExitCodes.Done;
        }, token));
        return command;
    }
}
