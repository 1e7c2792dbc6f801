using System.Text.RegularExpressions;
using Howdah.Cli.Output;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed partial class The_text_of_a_plan
{
    static readonly Plan Whole = Make();

    [Theory]
    [InlineData(60, false), InlineData(60, true), InlineData(80, false), InlineData(80, true)]
    [InlineData(120, false), InlineData(120, true)]
    public void Reads_as_approved(int width, bool colors) =>
        Approved.Holds($"Plans/whole.{width}{(colors ? ".colors" : "")}", Visible(PlanText.Write(Whole, width, colors)));

    [Fact]
    public void Shows_each_step_when_asked()
    {
        var text = PlanText.Write(Whole, 100, colors: false, verbose: true);
        Approved.Holds("Plans/verbose.100", text);
        Assert.All(Whole.Steps.Where(step => step.Object.Length < 90 && !step.Object.Any(char.IsControl)),
            step => Assert.Contains(step.Object, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Keeps_to_every_width_and_shows_the_same_with_and_without_color()
    {
        for (var width = 60; width <= 200; width++)
        {
            foreach (var verbose in (bool[])[false, true])
            {
                var plain = PlanText.Write(Whole, width, colors: false, verbose);
                Assert.All(plain.Split('\n'), line => Assert.True(line.Length <= width, $"{width}: {line}"));
                Assert.Equal(plain, Styles().Replace(PlanText.Write(Whole, width, colors: true, verbose), ""));
            }
        }
    }

    [Fact]
    public void Cuts_no_word_that_fits() => Assert.All(Enumerable.Range(60, 60),
        width => Assert.All(Wrapping.Lines(string.Join(' ', Enumerable.Repeat("declared,", 90)), width),
            line => Assert.DoesNotContain('…', line)));

    [Fact]
    public void Never_hides_a_hazard_and_counts_every_step()
    {
        var steps = Enumerable.Range(1, 50).Select(i => Of("tenancy", "store", StepAction.Alter, $"table store.t{i}", "the same",
            i == 30 ? [new(HazardKind.LongLock, "locks")] : [])).ToList();
        var text = PlanText.Write(Whole with { Steps = steps, Notes = [] }, 80, colors: false);
        Assert.Contains("49 × table", text, StringComparison.Ordinal);
        Assert.Contains("table store.t30", text, StringComparison.Ordinal);
        Assert.Contains("50 steps on 2 lines; --verbose shows each.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Gives_no_command_to_the_terminal() =>
        Assert.DoesNotContain('\u001b', PlanText.Write(Whole with { Steps =
            [Of("roles", null, StepAction.Create, "role \u001b[2Jx", "y\u001b]0;z\u0007", [new(HazardKind.Downtime, "\u001b[H")])] },
            80, colors: false));

    static Plan Make()
    {
        List<Step> steps =
        [
            Of("roles", null, StepAction.Create, "role store_app", "can log in; password ${generated}"),
            Of("roles", null, StepAction.Alter, "role a_role_with_a_name_as_long_as_postgresql_lets_a_name_ever_be_x1",
                "connection limit 20 → 10; valid until 2027-01-01; setting statement_timeout 30s; setting lock_timeout 5s"),
            Of("databases", null, StepAction.Create, "database store", "owner store_owner", alone: true),
            Of("migrations", "store", StepAction.Run, "migration 0007_wider_amounts", "orders.total numeric(10,2) → numeric",
            [
                new(HazardKind.TableRewrite, "store.order_lines (9,994 rows, 1.2 MB) is written anew while nobody can read or write it"),
                new(HazardKind.Irreversible, "the column order_lines.note is dropped with what it holds"),
            ]),
        ];
        string[] tables = ["customers", "order_lines", "orders", "products", "regions"];
        for (var i = 1; i <= 40; i++)
        {
            var table = i <= tables.Length ? tables[i - 1] : $"archive_{i:00}";
            steps.Add(Of("grants", "store", StepAction.Grant, $"table store.{table} for store_app", "select, insert, update, delete"));
            steps.Add(Of("grants", "store", StepAction.Grant, $"table store.{table} for store_backup", "select"));
        }
        steps.Add(Of("grants", "store", StepAction.Revoke, "schema public for public", "create"));
        foreach (var table in tables)
        {
            steps.Add(Of("tenancy", "store", StepAction.Create, $"floor of store.{table}",
                "row security, forced; restrictive floor, base"));
        }
        return new("superstore", steps,
        [
            Diagnostic.Error("HOW0704", "the table store.orders has a policy `mine` that nobody declared, and it lets more rows through "
                + "than the floor does", hint: "drop it, or declare it under tenancy.policies"),
            Diagnostic.Warning("HOW0705", "a short warning"),
        ], new('a', 64), [new("main", "127.0.0.1:5433", "18.4")]);
    }

    static Step Of(string pattern, string? database, StepAction action, string thing, string detail, IReadOnlyList<Hazard>? hazards = null,
        bool alone = false) => new()
    {
        Id = $"{pattern}/{thing}/{action}", Server = "main", Database = database, Pattern = pattern, Object = thing, Action = action,
        Detail = detail, Sql = [], Hazards = hazards ?? [], Transactional = !alone,
    };

    // An approved file is read by people too, whose editors show no escapes.
    static string Visible(string text) => text.Replace("\u001b", "␛", StringComparison.Ordinal);

    [GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial Regex Styles();
}
