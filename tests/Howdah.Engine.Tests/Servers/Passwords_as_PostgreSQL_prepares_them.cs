using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Engine.Servers;
using Howdah.Engine.Servers.Passwords;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Engine.Tests.Servers;

public sealed class Passwords_as_PostgreSQL_prepares_them
{
    // Each is hostile in a way of its own; the last ones SASLprep refuses, and they are taken as they are.
    static readonly string[] Hostile =
    [
        "pencil", "it's \"quoted\" \\ $tag$ ;--", "tab\tand\u0001control", " blanks around ", "ﬁne Ⅷ ½ ｆｕｌｌ", "e\u0301 and \u00e9",
        "\u1e9b\u0323", "soft\u00adhyphen\u200dzero", "no\u00a0break\u2003space", "한글 \u1112\u1161\u11ab", "日本語 ｶﾞ", "\ufdfa",
        "ü ß İ ı Å \u212b", "\u0627\u0644\u0628", "אבג", "q\u0323\u0307 \u0344", "𝐁𝟙 𠀀", "\ufb1d", "אבג1", "mix אבג latin", "1\u0627",
        "\u00ad\u200b", "\u200d\u00ad", "private \ue000", "bell \u0085", "emoji 🐘", "new \u0221", "\ufffd", "tag \U000e0041", "\u2ff0x",
        "\u0340x", "bom \ufeff", "\u200b",
    ];

    [Theory, InlineData(15), InlineData(18)]
    public async Task Let_in_through_libpq_and_through_us(int major)
    {
        var server = await TestServer.GetAsync(major);
        var role = $"hostile_{major}";
        await server.ExecuteAsync($"create role {role} login");
        foreach (var password in Hostile)
        {
            await server.ExecuteAsync($"alter role {role} password '{Scram.Verifier(password, RandomNumberGenerator.GetBytes(16))}'");
            var (code, said) = await PsqlAsync(server, role, password);
            Assert.True(code == 0, $"psql with {Escaped(password)}: {said}");
            var access = new ServerAccess("main", server.ConnectionString(), new Dictionary<string, SecretRef>(),
                new FileSecretStore(Path.GetTempPath(), Path.GetTempPath()));
            await using var login = await access.OpenLoginAsync(role, password, null, TestContext.Current.CancellationToken);
            (code, _) = await PsqlAsync(server, role, password + "x");
            Assert.True(code != 0, Escaped(password));
        }
    }

    [Theory, InlineData(15), InlineData(18)]
    public async Task Have_the_verifiers_that_the_server_itself_would_make(int major)
    {
        await using var connection = await (await TestServer.GetAsync(major)).OpenAsync();
        // The fewer rounds the server can be asked for, the more passwords can be tried; before 16 it knows 4096 only.
        if (major >= 16)
            await ExecuteAsync(connection, "set scram_iterations = 1");
        await ExecuteAsync(connection, $"create role prepared_{major}");
        var tables = UnicodeTables.Instance;
        UnicodeTables.Ranges[] all =
            [tables.Space, tables.Nothing, tables.Prohibited, tables.Unassigned, tables.RightToLeft, tables.LeftToRight];
        // Both ends of every range and their neighbors, each alone and beside a letter.
        var edges = all.SelectMany(ranges => ranges.All).SelectMany(each => (int[])[each.First - 1, each.First, each.Last, each.Last + 1])
            .Concat(tables.Decompositions.Keys).Where(Rune).Distinct().Order().ToList();
        var step = major < 16 ? 40 : Campaign.Full ? 1 : 4;
        List<string> passwords = [.. Hostile];
        for (var i = 0; i < edges.Count; i += step)
            passwords.AddRange([char.ConvertFromUtf32(edges[i]), $"{char.ConvertFromUtf32(edges[i])}\u0301a"]);
        // Marks in any order after any base: what normalization is hard about.
        var marks = tables.Classes.Keys.Order().ToList();
        List<int> bases = [.. tables.Compositions.Keys.Select(pair => pair.Item1).Concat(Enumerable.Range(0x1100, 100))
            .Concat([0xac00, 0xac01, 0xd7a3]).Where(code => !tables.Unassigned.Contain(code)).Distinct().Order()];
        var random = new Random(4013);
        for (var i = major >= 16 ? 3000 : 150; i > 0; i--)
        {
            int[] codes = [Any(bases), .. Enumerable.Range(0, random.Next(5)).Select(_ => Any(marks)), Any(bases)];
            passwords.Add(string.Concat(codes.Select(char.ConvertFromUtf32)));
        }
        var wrong = new List<string>();
        foreach (var some in passwords.Chunk(200))
        {
            foreach (var (password, verifier) in some.Zip(await VerifiersAsync(connection, $"prepared_{major}", some)))
            {
                if (!Scram.Matches(verifier, password))
                    wrong.Add(Escaped(password));
            }
        }

        int Any(List<int> codes) => codes[random.Next(codes.Count)];
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {passwords.Count}: {string.Join(", ", wrong.Take(50))}");
    }

    [Fact]
    public void Need_no_preparation_twice() =>
        Assert.All(Hostile, password => Assert.Equal(Scram.Prepare(password), Scram.Prepare(Scram.Prepare(password))));

    [Fact]
    public void Stay_as_they_are_where_they_are_no_Unicode() => Assert.Equal("é\ud800", Scram.Prepare("é\ud800"));

    static async Task<List<string>> VerifiersAsync(NpgsqlConnection connection, string role, string[] passwords)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var password in passwords)
        {
            batch.BatchCommands.Add(new($"alter role {role} password {new Literal(password)}"));
            batch.BatchCommands.Add(new($"select rolpassword from pg_catalog.pg_authid where rolname = '{role}'"));
        }
        var verifiers = new List<string>();
        await using var rows = await batch.ExecuteReaderAsync();
        do
        {
            while (await rows.ReadAsync())
                verifiers.Add(rows.GetString(0));
        }
        while (await rows.NextResultAsync());
        return verifiers;
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    static async Task<(int Code, string Said)> PsqlAsync(TestServer server, string role, string password)
    {
        var start = new ProcessStartInfo("psql", ["-X", "-w", "-h", "127.0.0.1", "-p", $"{server.Port}", "-U", role, "-d", "postgres", "-c",
            "select 1"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PGPASSWORD"] = password;
        using var process = Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }

    static bool Rune(int code) => code is > 0 and < 0x110000 and not (>= 0xd800 and < 0xe000);

    static string Escaped(string text) => string.Concat(text.Select(each => char.IsAsciiLetterOrDigit(each) ? each.ToString()
        : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)each:x4}")));
}
