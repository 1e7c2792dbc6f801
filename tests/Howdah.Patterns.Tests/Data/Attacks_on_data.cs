using Howdah.Engine.Proving;
using Howdah.Patterns.Data.Loading;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Data;

public sealed class Attacks_on_data
{
    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Hold_on_what_was_loaded_and_break_by_each_sabotage(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server,
            ShopYaml.With("schemas: [shop], migrations: migrations/, data: [{ file: lines.csv, steps: lines.sql }]"));
        estate.Write("migrations/0001_lines.sql", "create table shop.lines (line_no integer primary key, words text);\n");
        estate.Write("lines.csv", "Line No,Words\n1,\"a, \"\"b\"\"\nand c\"\n2,müde");
        estate.Write("lines.sql", "insert into shop.lines select line_no::integer, words from staging;\n");
        await estate.ConvergeAsync();
        await Is(Verdict.Broken, "nothing was loaded yet");
        await DataLoader.RunAsync(await estate.OpenAsync(), null, TestContext.Current.CancellationToken);
        await Is(Verdict.Held, "it was loaded");
        foreach (var (sabotage, undo) in ((string, string)[])
        [
            ("create table public.kept as table howdah.loads; delete from howdah.loads", "insert into howdah.loads table public.kept"),
            ("update howdah.loads set rows = rows + 1", "update howdah.loads set rows = rows - 1"),
            ("update howdah.loads set identity = 'x' || identity", "update howdah.loads set identity = substr(identity, 2)"),
            ("alter table howdah.loads rename to gone", "alter table howdah.gone rename to loads"),
        ])
        {
            await server.ExecuteAsync(sabotage, "shop");
            await Is(Verdict.Broken, sabotage);
            await server.ExecuteAsync(undo, "shop");
            await Is(Verdict.Held, undo);
        }
        estate.Write("lines.csv", "Line No,Words\n1,another\n");
        await Is(Verdict.Broken, "the file has another content");

        async Task Is(Verdict verdict, string after)
        {
            var finding = Assert.Single(await estate.ProveAsync(), static finding => finding.Attack.Id == "DAT-01");
            Assert.True(finding.Verdict == verdict && (verdict == Verdict.Held || finding.Fix is not null), $"after {after}: {finding}");
        }
    }
}
