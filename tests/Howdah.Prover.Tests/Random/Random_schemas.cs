using System.Diagnostics;
using System.Globalization;
using Howdah.Engine.Proving;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Prover.Tests.Random;

/// <summary>
/// Well-made databases at random give no alarm; random mistakes in them are found for what they are, and changes that are none are no
/// alarm. HOWDAH_FULL=1 tries new ones for an hour; HOWDAH_SEED=n tries one again, HOWDAH_SEED=n-m these.
/// </summary>
public sealed class Random_schemas
{
    static readonly ulong[]? Again = Environment.GetEnvironmentVariable("HOWDAH_SEED")?.Split('-')
        .Select(static text => ulong.Parse(text, CultureInfo.InvariantCulture)).ToArray();
    static readonly TimeSpan Patience = Campaign.Full ? TimeSpan.FromMinutes(30) : TimeSpan.FromSeconds(15);

    // What once found a fault is tried first.
    static readonly ulong[] Former = [639313121250635620];

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Are_found_clean_and_broken_for_what_they_are(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        var clock = Stopwatch.StartNew();
        var seed = Again is [var first, ..] ? first : Campaign.Full ? (ulong)DateTime.UtcNow.Ticks : 1;
        var wrong = new List<string>();
        var former = new Queue<ulong>(Again is null ? Former : []);
        var next = seed;
        do
        {
            seed = former.TryDequeue(out var again) ? again : next++;
            try
            {
                if (await TryAsync(server, seed, major) is { } told)
                    wrong.Add($"HOWDAH_SEED={seed} on {major}: {told}");
            }
            catch (PostgresException refusal)
            {
                wrong.Add($"HOWDAH_SEED={seed} on {major}: {refusal}");
                break; // what it left may be in the way of the next
            }
        }
        while (wrong.Count < 5 && (Again is null ? clock.Elapsed < Patience : next <= Again[^1]));
        TestContext.Current.TestOutputHelper?.WriteLine($"seeds to {next} on {major}");
        await server.StopAsync();
        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
    }

    static async Task<string?> TryAsync(TestServer server, ulong seed, int major)
    {
        var dice = new Dice(seed);
        var schema = new Schema(dice, $"r{seed}_");
        await server.ExecuteAsync(schema.Cluster);
        var database = await server.CreateDatabaseAsync("random");
        var undo = new List<string>();
        try
        {
            await server.ExecuteAsync(schema.Sql(), database);
            await server.ExecuteAsync(schema.After(database), database);
            var good = await CheckAsync(server, database);
            if (good.Count > 0)
                return $"a false alarm:\n{string.Join('\n', good)}\non:\n{schema.Sql()}";
            var made = new List<Mutation>();
            foreach (var mutation in dice.Some(Mutation.For(schema, database, major), 8)
                .Where(each => made.TrueForAll(other => Apart(each, other))
                && made.Count < 2))
                made.Add(mutation);
            if (dice.Once(2))
                made.RemoveRange(1, made.Count - 1);
            foreach (var mutation in made)
            {
                await server.ExecuteAsync(mutation.Sql, database);
                undo.Add(mutation.Undo);
            }
            var found = await CheckAsync(server, database);
            var expected = made.SelectMany(static each => each.Expect).Distinct().Order(StringComparer.Ordinal);
            var ids = found.Select(static line => line.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal);
            return expected.SequenceEqual(ids) ? null : $"{string.Join("; ", made.Select(static each => $"{each.Name}: {each.Sql}"))}\n"
                + $"expected {string.Join(", ", expected)}; found\n{string.Join('\n', found)}\non:\n{schema.Sql()}";
        }
        finally
        {
            await server.ExecuteAsync($"drop database \"{database}\" with (force)");
            foreach (var sql in undo.Where(static sql => sql.Length > 0))
                await server.ExecuteAsync(sql);
            await server.ExecuteAsync(schema.Undo);
        }
    }

    // Two mistakes on one table hide each other, and so does one who is above all policies. To who may become the owner, a function with
    // the owner's rights gives nothing more.
    static bool Apart(Mutation one, Mutation other) => one.Name != other.Name && (one.On is null) != (other.On is null)
        && !(one.Expect.Concat(other.Expect).ToList() is var both && both.Contains("TEN-A02") && both.Contains("TEN-C03"))
        || (one.On is not null && other.On is not null && one.On != other.On);

    static async Task<List<string>> CheckAsync(TestServer server, string database)
    {
        var result = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        return [.. result.Findings.Where(static finding => finding.Verdict is Verdict.Broken or Verdict.Inconclusive)
            .Select(static finding => $"{finding.Attack.Id} {finding.Verdict} {finding.Target}: {finding.Evidence}")];
    }
}
