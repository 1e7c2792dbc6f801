using System.Globalization;
using System.Text;
using Howdah.Patterns.Pipelines;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Pipelines;

/// <summary>A load over several streams does what one over one stream does, and leaves nothing else.</summary>
public sealed class Streamed_loads
{
    internal const string Stagings = "select nspname from pg_namespace where nspname like 'howdah\\_load\\_%'";

    const string Pipelines = """
        wide:
          files: wide.csv
          columns: { id: { type: integer, from: Line }, day: date, words: text, amount: "numeric(8,2)" }
          into: public.lines
          batch_column: batch
        again: { files: replayed.csv, columns: { id: integer, words: text }, into: public.replayed, mode: upsert, key: [id],
          duplicates: last }
        numbered: { files: numbered.csv, columns: { id: integer, words: text }, into: public.numbered }
        visits:
          files: visits.csv
          columns: { visit: integer, day: date, customer_id: text, amount: "numeric(8,2)" }
          call: dw.load_visits
        """;

    static readonly string[] Loaded = ["wide", "orders", "again", "events", "numbered", "customers", "visits"];

    static readonly string[] Tables =
    [
        "select * from lines", "select * from orders", "select * from replayed", "select * from events", "select * from numbered",
        "select to_jsonb(c) - 'sk' from dw.customer c",
        "select to_jsonb(v) - 'customer_sk', c.customer_id, c.valid_from from dw.visits v join dw.customer c on c.sk = v.customer_sk",
        "select to_jsonb(b) - 'started' - 'finished' from howdah.load_batch b",
        "select batch, line, byte_offset, column_name, rule, sqlstate, message, raw from howdah.quarantine",
        "select pg_get_indexdef(indexrelid), indisvalid from pg_index where indrelid = 'dw.visits'::regclass",
    ];

    static async Task<Harbor> OpenAsync(int major, string? user = null)
    {
        var harbor = await Harbor.OpenAsync(major, user: user);
        await harbor.Server.ExecuteAsync("set role shop_owner; "
            + "create table numbered (n bigint generated always as identity, id integer, words text)", harbor.Database);
        harbor.Declare(Pipelines);
        return harbor;
    }

    [Theory]
    [InlineData(18, 1, 3)]
    [InlineData(15, 2, 4)]
    public async Task Are_those_over_one_stream(int major, int seed, int streams)
    {
        for (var run = 0; run < (Campaign.Full ? 10 : 1); run++)
        {
            using var one = await OpenAsync(major);
            using var several = await OpenAsync(major);
            foreach (var harbor in (Harbor[])[one, several])
                WriteFiles(harbor, new(seed * 100 + run));
            foreach (var pipeline in Loaded)
                Assert.Equal($"{pipeline} {await one.LoadedAsync(pipeline)}",
                    $"{pipeline} {await several.LoadedAsync(pipeline, new() { Streams = streams, Alone = true })}");
            foreach (var table in Tables)
                Assert.Equal(await one.TextAsync(table), await several.TextAsync(table));
            // The indexes of a fact that nobody read meanwhile came with its rows; they are those of the other.
            const string Indexes = "from pg_class x, (select xmin from dw.visits limit 1) v where x.relname = 'visits_customer_ix'";
            Assert.Equal(("(f)", "(t)"), (await one.TextAsync($"select x.xmin = v.xmin {Indexes}"),
                await several.TextAsync($"select x.xmin = v.xmin {Indexes}")));
            // What is counted by the server is counted in the order of the file.
            Assert.Equal("(t)", await several.TextAsync(
                "select bool_and(id > former) from (select id, lag(id) over (order by n) as former from numbered) q"));
            // Refused rows of the reader, and of each later stage, stand in the order of their lines, too.
            Assert.Equal("", await several.TextAsync("""
                select q.line from (select line, lag(line) over (partition by batch, rule, column_name order by id) as former
                  from howdah.quarantine) q where q.line < q.former
                """));
            Assert.Equal("", await several.TextAsync(Stagings));
        }
    }

    // Of 1 MB and more each, so that there are several blocks for the streams.
    static void WriteFiles(Harbor harbor, Random random)
    {
        string Pad() => new('x', random.Next(40, 90));
        void Write(string name, string header, int rows, Func<int, string> row)
        {
            var text = new StringBuilder(header).Append('\n');
            for (var i = 1; i <= rows; i++)
                text.Append(random.Next(4000) == 0 ? "?" : "").Append(row(i)).Append('\n');
            harbor.Estate.Write(name, text.ToString());
        }
        string Day() => new DateOnly(2024, 1, 1).AddDays(random.Next(366)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        // A constraint, a day without a partition, a key that stands twice.
        Write("wide.csv", "Line,day,words,amount", 15_000, i => random.Next(3000) switch
        {
            0 => $"{i},2024-03-01,{Pad()},1000", 1 => $"{i},2031-01-01,{Pad()},4", 2 => $"5,2024-05-05,{Pad()},4\n5,2024-05-05,{Pad()},4",
            _ => $"{i},{Day()},\"{Pad()}\n{Pad()}\",{random.Next(900)}.50",
        });
        Write("orders.csv", "id;day;region;amount", 40_000, i => string.Create(CultureInfo.InvariantCulture,
            $"{(random.Next(500) == 0 ? random.Next(1, 40_000) : i)};01.03.2024;{random.Next(4000) switch
            {
                0 => "Nowhere", 1 => "Twin", < 2000 => "North", _ => "South",
            }};{(random.Next(8000) == 0 ? 0 : i % 90 + 1)}"));
        Write("events.csv", "id,words", 15_000, _ => $"{random.Next(1, 5_000)},{Pad()}");
        Write("numbered.csv", "id,words", 15_000, i => $"{i},{Pad()}");
        Write("customers.csv", "Customer ID,name,segment,effective_at", 15_000, i => $"c{random.Next(3_000)},{Pad()},s{random.Next(3)},"
            + $"{Day()} {random.Next(24):00}:00");
        Write("visits.csv", "visit,day,customer_id,amount", 55_000, i => $"{(random.Next(3000) == 0 ? random.Next(1, i) : i)},{Day()},"
            + $"c{random.Next(3_100)},{i % 90}.25");
        var replayed = new StringBuilder("id,words\n");
        for (var i = 0; i < 15_000; i++)
            replayed.Append(CultureInfo.InvariantCulture, $"{random.Next(300)},{i}{Pad()}\n");
        harbor.Estate.Write("replayed.csv", replayed.ToString());
    }

    [Theory]
    [InlineData(18)]
    [InlineData(15)]
    public async Task Leave_nothing_behind_and_drop_what_others_left(int major)
    {
        using var harbor = await OpenAsync(major);
        harbor.Estate.Write("numbered.csv", "id,words\n1,a\n2,b\nx,c\n");
        Assert.Equal("Tried 3 = 2 + 0 + 1 + 0", await harbor.LoadedAsync("numbered", new() { Streams = 4, DryRun = true }));
        harbor.Estate.Write("bad.csv", string.Concat("Line,day,words,amount\n", string.Concat(Enumerable.Repeat("x,,,\n", 9))));
        Assert.Contains("more than the", await harbor.LoadedAsync("lines",
            new() { Streams = 4, Files = [$"{harbor.Estate.Folder}/bad.csv"] }), StringComparison.Ordinal);
        Assert.Equal("", await harbor.TextAsync(Stagings));

        // One of a load that is over, one of a load under way, and one that is somebody's own.
        await using var under = await harbor.Server.OpenAsync(harbor.Database);
        await using var transaction = await under.BeginTransactionAsync();
        await using var number = new Npgsql.NpgsqlCommand("select pg_current_xact_id()::text", under, transaction);
        var (alive, over) = ((string)(await number.ExecuteScalarAsync())!,
            (await harbor.Server.ScalarAsync<string>("select pg_current_xact_id()::text", harbor.Database))!);
        const string Mark = "Howdah: rows of a load under way; dropped with it, or by the next load";
        await harbor.Server.ExecuteAsync($"""
            set role shop_owner; create schema howdah_load_{alive}; comment on schema howdah_load_{alive} is '{Mark}';
            create schema howdah_load_{over}; comment on schema howdah_load_{over} is '{Mark}';
            create table howdah_load_{over}.staged (a int);
            create schema howdah_load_1
            """, harbor.Database);
        Assert.Equal("Loaded 3 = 2 + 0 + 1 + 0", await harbor.LoadedAsync("numbered", new() { Streams = 2 }));
        Assert.Equal(new[] { $"(howdah_load_{alive})", "(howdah_load_1)" }.Order(StringComparer.Ordinal),
            (await harbor.TextAsync(Stagings)).Split('\n').Order(StringComparer.Ordinal));
        await transaction.RollbackAsync();
        var session = await harbor.Estate.OpenAsync();
        var sweep = session.Chores.Single(static chore => chore.Kind == "staging");
        Assert.Equal("what 1 killed load left behind is dropped", (await sweep.Run(session, default)).Message);
        Assert.Equal("nothing left behind", (await sweep.Run(session, default)).Message);
        Assert.Equal("(howdah_load_1)", await harbor.TextAsync(Stagings));
    }

    [Theory]
    [InlineData(18)]
    [InlineData(15)]
    public async Task Fail_whole_where_a_stream_or_its_rows_are_lost(int major)
    {
        using var harbor = await OpenAsync(major);
        harbor.Estate.Write("numbered.csv", "id,words\n1,a\n2,b\nx,c\n");
        Task<string> DisturbedAsync(string at, string by) => harbor.LoadedAsync("numbered", new()
        {
            Streams = 2, Fault = point => Disturb(harbor, point == at ? by : ""),
        });
        const string Emptied =
            "do $$ begin execute (select 'truncate ' || c.oid::regclass from pg_class c where c.relname = '{0}'); end $$";
        Assert.Equal("Failed: 0 of the 2 rows that were sent are still there, and 1 of 1 refused ones: somebody or a restart of the server "
            + "has emptied their tables; nothing is loaded: run it again", await DisturbedAsync("read",
                string.Format(null, Emptied, "staged")));
        Assert.StartsWith("Failed: 2 of the 2 rows that were sent are still there, and 0 of 1",
            await DisturbedAsync("read", string.Format(null, Emptied, "refused")), StringComparison.Ordinal);
        var lost = await DisturbedAsync("opened", "select pg_terminate_backend(pid, 60000) from pg_stat_activity "
            + "where datname = current_database() and state = 'idle in transaction' and backend_xid is null");
        Assert.True(lost.StartsWith("Failed: one of the 2 connections of the load was lost", StringComparison.Ordinal)
            || lost.StartsWith("Failed: terminating connection", StringComparison.Ordinal), lost);
        Assert.Equal("", await harbor.TextAsync("select id from numbered union all select line from howdah.quarantine"));
        Assert.Equal("", await harbor.TextAsync(Stagings));
        Assert.Equal("Loaded 3 = 2 + 0 + 1 + 0", await harbor.LoadedAsync("numbered", new() { Streams = 16 }));
    }

    static void Disturb(Harbor harbor, string by)
    {
        if (by.Length > 0)
            harbor.Server.ExecuteAsync(by, harbor.Database).GetAwaiter().GetResult();
    }

    [Theory]
    [InlineData(18)]
    [InlineData(15)]
    public async Task Say_in_a_sentence_what_they_may_not(int major)
    {
        using var first = await OpenAsync(major);
        await first.Server.ExecuteAsync("create role feeder login password 'feeder' connection limit 2 in role shop_owner; "
            + "create role outside login password 'outside' in role etl");
        using var few = await OpenAsync(major, "feeder");
        few.Estate.Write("numbered.csv", "id,words\n1,a\n");
        Assert.Matches("^Failed: 2 streams need 3 connections to .*, which lets no more than 2 in \\(too many connections for role "
            + "\"feeder\"\\): load with fewer streams, or raise that limit$", await few.LoadedAsync("numbered", new() { Streams = 2 }));
        Assert.Equal("Loaded 1 = 1 + 0 + 0 + 0", await few.LoadedAsync("numbered"));
        using var shut = await OpenAsync(major, "outside");
        await shut.Server.ExecuteAsync("grant insert on numbered to etl; grant usage on schema public to etl; "
            + $"grant connect on database {shut.Database} to etl", shut.Database);
        shut.Estate.Write("numbered.csv", "id,words\n1,a\n");
        Assert.StartsWith("Failed: streams put rows into a schema of the load's own first, and this role may make none in database ",
            await shut.LoadedAsync("numbered", new() { Streams = 2 }), StringComparison.Ordinal);
        Assert.Equal("Loaded 1 = 1 + 0 + 0 + 0", await shut.LoadedAsync("numbered"));
        await Assert.ThrowsAsync<ArgumentException>(() => first.LoadAsync("numbered", new() { Streams = 17 }));
    }

    [Fact]
    public async Task Are_as_many_as_declared()
    {
        using var harbor = await OpenAsync(18);
        harbor.Declare("three: { files: numbered.csv, columns: { id: integer, words: text }, into: public.numbered, streams: 3 }");
        harbor.Estate.Write("numbered.csv", "id,words\n1,a\n");
        var seen = "";
        var options = new LoadOptions { Fault = point => seen = point == "opened" ? Count(harbor) : seen };
        Assert.Equal("Loaded 1 = 1 + 0 + 0 + 0", await harbor.LoadedAsync("three", options));
        Assert.Equal("(4)", seen);
        harbor.Declare("many: { files: numbered.csv, columns: { id: integer }, into: public.numbered, streams: 17 }");
        Assert.Contains("streams", Assert.Single(harbor.Estate.Load().Diagnostics).Path, StringComparison.Ordinal);
    }

    static string Count(Harbor harbor) => harbor.TextAsync("select count(*) from pg_stat_activity where datname = current_database() "
        + "and state = 'idle in transaction'").GetAwaiter().GetResult();
}
