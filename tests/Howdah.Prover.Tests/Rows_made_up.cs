using Howdah.Engine.Proving;
using Howdah.Prover.Live;
using Howdah.Prover.Tests.Random;
using Howdah.Testing;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>Empty tables are attacked, too: marker rows are made up that their constraints let in.</summary>
public sealed class Rows_made_up
{
    // Each with what a constant from nowhere would break.
    static readonly string[] Columns =
    [
        "place text not null default 'x' check (place = 'x')", "state text not null check (state in ('open', 'it''s done'))",
        "mood made.mood not null", "rank integer not null check (rank between 1 and 5)", "share numeric(5,2) not null check (share < 100)",
        "code varchar(3) not null", "sign char(1) not null check (sign = any (array['+', '-']))", "key text not null unique",
        "mail made.mail not null", "level made.level not null", "short text not null check (length(short) = 4)",
        "born date not null default current_date check (born > '2001-01-01')", "big bigint not null check (big > 9000000000)",
        "flag boolean not null default true check (flag)", "at timestamptz not null default now()", "data jsonb not null default '{}'",
        "tags text[] not null", "sum integer generated always as (1) stored", "serial bigint generated always as identity",
        "parent uuid not null references made.parents (id)", "number serial", "note text check (note <> '')",
        "price numeric not null check (price > 0 and price <> 1)", "hash bytea not null", "span interval not null default '1 day'",
    ];

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Are_let_in_by_the_constraints_of_any_table(int major)
    {
        var server = await TestServer.GetAsync(major);
        var database = await server.CreateDatabaseAsync("made");
        var dice = new Dice((ulong)major);
        // One column each, so that none hides behind another, then mixtures.
        var tables = Columns.Select(static column => new[] { column })
            .Concat(Enumerable.Range(0, 15).Select(_ => dice.Some(Columns, 2 + dice.Below(6)).ToArray())).ToList();
        var login = $"made_{major}_app";
        await server.ExecuteAsync($"""
            create role "{login}" login;
            create schema made; grant usage on schema made to "{login}";
            create type made.mood as enum ('sad', 'ok');
            create domain made.mail as text check (value = 'a@b.example' or value = '');
            create domain made.level as integer check (value >= 10) check (value < 12);
            create table made.parents (id uuid primary key);
            """, database);
        await server.ExecuteAsync(string.Concat(tables.Select((columns, i) => $"""
            create table made.t{i} (tenant_id integer not null, {string.Join(", ", columns)});
            alter table made.t{i} enable row level security; alter table made.t{i} force row level security;
            create policy own on made.t{i} using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::integer));
            grant select, insert, update, delete on made.t{i} to "{login}";

            """)), database);
        var result = await Checker.CheckAsync(server.ConnectionString(database), new() { Hints = new([], [], [login]) },
            TestContext.Current.CancellationToken);
        var unclear = result.Findings.Where(static finding => finding.Verdict == Verdict.Inconclusive).ToList();
        Assert.True(unclear.Count == 0, string.Join('\n', unclear.SelectMany(finding => finding.Targets.Select(target =>
            $"{finding.Attack.Id} {target}: {finding.Evidence}: {Of(target)}"))));
        Assert.Contains(result.Findings, static finding => finding is { Verdict: Verdict.Held, Attack.Id: "TEN-B01" });
        // The number of a sequence does not come back with a rollback, so none was taken.
        Assert.False(await server.ScalarAsync<bool>("select bool_or(last_value is not null) from pg_sequences", database));
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
        await server.ExecuteAsync($"drop role \"{login}\"");

        string Of(string target) => target.Split(' ')[0].Split(".t") is [_, var at] && int.TryParse(at, out var i)
            ? string.Join(", ", tables[i]) : "";
    }

    [Fact]
    public void What_a_constraint_names_is_tried_with_what_is_beside_it()
    {
        Assert.Equal(["5", "6", "4"], Named.Around(["5"], number: true));
        Assert.Equal(["3", "aaa", "aaaa", "it's"], Named.Around(["3", "'it''s'"], number: false));
    }
}
