using System.Diagnostics;
using Howdah.Bench.Client;
using Howdah.Testing;

namespace Howdah.Bench;

/// <summary>How long <c>howdah check</c> takes, as a process of its own, and how much memory: 500 tables, 40 roles, 2,000
/// policies.</summary>
static class CheckBench
{
    const int Tables = 500;
    const int Roles = 40;
    const int Rounds = 2;

    internal static async Task RunAsync()
    {
        var section = new Section("check", $"""
            ## The prover: speed

            Made by `dotnet run -c Release --project bench/Howdah.Bench -- check`: `howdah check` as a process of its own, with
            its start, on loopback, {Environment.ProcessorCount} cores; {Rounds} rounds each. {Tables} tables with a primary key,
            a foreign key and a unique key each, {Roles} roles that can log in with four kinds of rights,
            {Tables * 4:N0} policies, 8 rows a table of two tenants.

            | PostgreSQL | | time | memory of the tool, at most |
            |---|---|---|---|
            """);
        foreach (var major in (int[])[15, 18])
        {
            var server = await TestServer.StartOwnAsync(major);
            await server.ExecuteAsync("create database saas");
            await server.ExecuteAsync(Sql, "saas");
            foreach (var (words, options) in ((string, string[])[])[("all attacks, 4 connections", []),
                ("`--catalog-only`", ["--catalog-only"])])
            {
                var rounds = new List<(double Seconds, double Megabytes)>();
                for (var round = 0; round < Rounds; round++)
                    rounds.Add(await CheckAsync(server.ConnectionString("saas"), options));
                section.Add($"| {major} | {words} | {string.Join(", ", rounds.Select(static each => FormattableString.Invariant(
                    $"{each.Seconds:0.0} s")))} | {rounds.Max(static each => each.Megabytes):0} MB |");
            }
            await server.StopAsync();
        }
        section.Save("bench/RESULTS.md");
    }

    static async Task<(double, double)> CheckAsync(string connection, string[] options)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "howdah"),
            ["check", connection, .. options,
            "--json"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var most = 0L;
        while (!process.WaitForExit(20))
        {
            process.Refresh();
            most = Math.Max(most, process.PeakWorkingSet64);
        }
        if (process.ExitCode is not (0 or 2 or 4) || (await output).Length == 0)
            throw new InvalidOperationException($"exit {process.ExitCode}: {await errors}");
        return (watch.Elapsed.TotalSeconds, most / 1048576.0);
    }

    const string Sql = """
        do $do$
        declare i int; t text; whom text[];
          mine text := 'tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::int)';
        begin
          for i in 0..3 loop
            whom[i + 1] := (select string_agg('saas_' || n, ', ') from generate_series(0, 39) n where n % 4 >= i);
          end loop;
          create role saas_owner;
          for i in 0..39 loop execute format('create role saas_%s login password %L', i, 'x' || i); end loop;
          create schema saas authorization saas_owner;
          set local role saas_owner;
          for i in 0..39 loop execute format('grant usage on schema saas to saas_%s', i); end loop;
          for i in 0..499 loop
            t := format('saas.t%s', i);
            execute format('create table %s (tenant_id int not null, id int not null, parent int, code text, body text, '
              'primary key (tenant_id, id), '
              'unique (tenant_id, code), foreign key (tenant_id, parent) references %s (tenant_id, id))', t, t);
            execute format('alter table %s enable row level security', t);
            execute format('alter table %s force row level security', t);
            execute format('create policy floor on %s as restrictive using (%s)', t, mine);
            execute format('create policy base on %s using (true)', t);
            execute format('create policy ins on %s for insert with check (%s)', t, mine);
            execute format('create policy del on %s for delete using (%s)', t, mine);
            execute format('grant select on %s to %s', t, whom[1]);
            execute format('grant insert on %s to %s', t, whom[2]);
            execute format('grant update on %s to %s', t, whom[3]);
            execute format('grant delete on %s to %s', t, whom[4]);
          end loop;
          reset role;
          for i in 0..499 loop
            execute format('insert into saas.t%s select n %% 2 + 1, n, null, ''c'' || n, ''b'' from generate_series(1, 8) n', i);
          end loop;
        end $do$;
        """;
}
