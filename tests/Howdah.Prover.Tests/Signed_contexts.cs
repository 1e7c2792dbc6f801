using Howdah.Engine.Proving;
using Howdah.Prover.Scouting;
using Howdah.Testing;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>A context that is signed is entered as its owner says, and then forged, replayed and used after its time.</summary>
public sealed class Signed_contexts
{
    // Tokens of the twin with a day until which they are good: `1.2999-01-01.signature`.
    const string Dated = """
        create or replace function sec.sign(tenant text) returns text language sql stable set search_path = pg_catalog, pg_temp as $$
          select tenant || '.' || encode(sha256(k.secret || sha256(k.secret || convert_to(tenant, 'UTF8'))), 'hex')
          from sec.keys k where k.id = 1
        $$;
        create or replace function sec.tenant() returns int language plpgsql stable security definer
          set search_path = pg_catalog, pg_temp as $$
        declare token text := nullif(current_setting('app.token', true), '');
        begin
          if token is null then return null; end if;
          if token is distinct from sec.sign(split_part(token, '.', 1) || '.' || split_part(token, '.', 2)) then
            raise insufficient_privilege using message = 'the tenant is not signed';
          end if;
          if split_part(token, '.', 2)::date < current_date then
            raise insufficient_privilege using message = 'the tenant has expired';
          end if;
          return split_part(token, '.', 1)::int;
        end $$;
        create or replace function sec.enter(tenant int) returns void language plpgsql security definer
          set search_path = pg_catalog, pg_temp as $$
        begin perform set_config('app.token', sec.sign(tenant || '.2999-01-01'), true); end $$;
        revoke all on function sec.enter(int) from public;
        """;

    public static TheoryData<int> Majors => [15, 18];

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_good_one_holds_and_own_rows_are_attacked(int major)
    {
        await using var shop = await Signed.MakeAsync(major, "");
        var result = await shop.CheckAsync(Entrance.Read(null, [$"1={await shop.TokenAsync("1")}",
            $"2={await shop.TokenAsync("2")}"], null));
        Assert.Empty(Ids(result, Verdict.Broken, Verdict.Inconclusive));
        Assert.Contains("TEN-F09", Ids(result, Verdict.Held));
        Assert.Contains("TEN-F13", Ids(result, Verdict.Held));
        Assert.Contains("TEN-B02", Ids(result, Verdict.Held));
        Assert.DoesNotContain("TEN-B02", Ids(result, Verdict.NotRun));
        // Without a word of how to enter they are not.
        Assert.Contains("TEN-B02", Ids(await shop.CheckAsync(Entrance.Plain), Verdict.NotRun));
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_statement_enters_and_what_it_made_works_in_other_sessions(int major)
    {
        await using var shop = await Signed.MakeAsync(major, Dated + "grant execute on function sec.enter(int) to signed_app;");
        var result = await shop.CheckAsync(Entrance.Read("select sec.enter($1)", [], null));
        Assert.Empty(Ids(result, Verdict.Broken, Verdict.Inconclusive));
        Assert.Contains("TEN-F09", Ids(result, Verdict.Held));
        Assert.Contains("TEN-B02", Ids(result, Verdict.Held));
        Assert.Contains("TEN-F11", Ids(result, Verdict.Residual));
        // Bound to the backend, it works nowhere else.
        await shop.ExecuteAsync("""
            create or replace function sec.sign(tenant text) returns text language sql stable set search_path = pg_catalog, pg_temp as $$
              select tenant || '.'
                || encode(sha256(k.secret || sha256(k.secret || convert_to(tenant || pg_backend_pid(), 'UTF8'))), 'hex')
              from sec.keys k where k.id = 1
            $$
            """);
        var bound = await shop.CheckAsync(Entrance.Read("select sec.enter($1);", ["1", "2"], null));
        Assert.Empty(Ids(bound, Verdict.Broken, Verdict.Inconclusive));
        Assert.Contains("TEN-F11", Ids(bound, Verdict.Held));
    }

    public static TheoryData<int, string, string> Mutants
    {
        get
        {
            var all = new TheoryData<int, string, string>();
            foreach (var major in (int[])[15, 18])
            {
                all.Add(major, "takes an id without a signature", "if strpos(token, '.') = 0 then return token::int; end if;");
                all.Add(major, "takes any signature", "return split_part(token, '.', 1)::int;");
                all.Add(major, "takes an empty signature", "if token like '%.' then return split_part(token, '.', 1)::int; end if;");
                all.Add(major, "looks at the length only", """
                    if length(token) = length(sec.sign(split_part(token, '.', 1))) then return split_part(token, '.', 1)::int; end if;
                    """);
            }
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Mutants))]
    public async Task A_helper_that_does_not_look_is_caught(int major, string name, string hole)
    {
        await using var shop = await Signed.MakeAsync(major, $"""
            create or replace function sec.tenant() returns int language plpgsql stable security definer
              set search_path = pg_catalog, pg_temp as $$
            declare token text := nullif(current_setting('app.token', true), '');
            begin
              if token is null then return null; end if;
              {hole}
              if token is distinct from sec.sign(split_part(token, '.', 1)) then
                raise insufficient_privilege using message = 'the tenant is not signed';
              end if;
              return split_part(token, '.', 1)::int;
            end $$;
            """);
        var tokens = new[] { await shop.TokenAsync("1"), await shop.TokenAsync("2") };
        var result = await shop.CheckAsync(Entrance.Read(null, [$"1={tokens[0]}", $"2={tokens[1]}"], null));
        Assert.True(Ids(result, Verdict.Broken) is ["TEN-F09"], $"{name}: {string.Join(", ", Ids(result, Verdict.Broken))}");
        // What was given to get in is a secret, in every finding.
        Assert.DoesNotContain(result.Findings, finding => tokens.Any(finding.ToString().Contains)
            || tokens.Any(token => finding.Statement?.Contains(token, StringComparison.Ordinal) == true));
    }

    // It looks at the first context of each statement only, to save time, and so believes the next one in the same statement.
    const string Once = """
        create or replace function sec.tenant() returns int language plpgsql stable security definer
          set search_path = pg_catalog, pg_temp as $$
        declare token text := nullif(current_setting('app.token', true), '');
        begin
          if token is null then return null; end if;
          if current_setting('app.looked', true) is distinct from statement_timestamp()::text then
            if token is distinct from sec.sign(split_part(token, '.', 1)) then
              raise insufficient_privilege using message = 'the tenant is not signed';
            end if;
            perform set_config('app.looked', statement_timestamp()::text, true);
          end if;
          return split_part(token, '.', 1)::int;
        end $$;
        create function sec.enter(tenant int) returns void language plpgsql security definer
          set search_path = pg_catalog, pg_temp as $$
        begin perform set_config('app.token', sec.sign(tenant::text), true); end $$;
        revoke all on function sec.enter(int) from public; grant execute on function sec.enter(int) to signed_app;
        """;

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task One_that_is_looked_at_once_in_a_statement_is_turned_within_it(int major)
    {
        await using var shop = await Signed.MakeAsync(major, Once);
        var turned = Assert.Single((await shop.CheckAsync(Entrance.Read("select sec.enter($1)", ["1", "2"], null))).Findings,
            static finding => finding.Attack.Id == "TEN-F13" && finding.Verdict == Verdict.Broken);
        Assert.Contains("turn to B after an own row: 1 row reached", turned.Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_plain_one_is_turned_by_every_form_and_told_as_residual(int major)
    {
        var server = await TestServer.GetAsync(major);
        var database = await Twin.All.Single(static twin => twin.Name == "rows").CopyAsync(server);
        var result = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        Assert.Single(result.Findings, static finding => finding.Attack.Id == "TEN-F13" && finding.Verdict == Verdict.Residual);
        // None of the forms held: a try that cannot win proves nothing of a signature either.
        Assert.DoesNotContain("TEN-F13", Ids(result, Verdict.Held, Verdict.Inconclusive));
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task An_expired_one_opens_nothing_unless_nobody_looks(int major)
    {
        await using var shop = await Signed.MakeAsync(major, Dated);
        string[] tenants = [$"1={await shop.TokenAsync("1.2999-01-01")}", $"2={await shop.TokenAsync("2.2999-01-01")}"];
        var entrance = Entrance.Read(null, tenants, await shop.TokenAsync("1.2001-01-01"));
        var good = await shop.CheckAsync(entrance);
        Assert.Empty(Ids(good, Verdict.Broken, Verdict.Inconclusive));
        Assert.Contains("TEN-F10", Ids(good, Verdict.Held));
        await shop.ExecuteAsync(Dated.Replace("< current_date", "< '1900-01-01'", StringComparison.Ordinal));
        Assert.Equal(["TEN-F10"], Ids(await shop.CheckAsync(entrance), Verdict.Broken));
    }

    [Theory]
    [InlineData(null, new[] { "1=x" }, null, "twice")]
    [InlineData(null, new[] { "1", "2" }, null, "ID=CONTEXT")]
    [InlineData(null, new[] { "1=x", "1=y" }, null, "two tenants")]
    [InlineData(null, new[] { "1=x", "2=x" }, null, "two tenants")]
    [InlineData("select enter($1)", new[] { "1=x", "2=y" }, null, "alone")]
    [InlineData("select enter()", new string[0], null, "needs $1")]
    [InlineData("select '$1' -- $1", new string[0], null, "needs $1")]
    [InlineData("select enter($1); drop table x", new string[0], null, "one statement")]
    [InlineData("select enter($1, $2)", new string[0], null, "$1 only")]
    [InlineData("select enter($1, 'x)", new string[0], null, "not closed")]
    [InlineData("select enter($1)", new string[0], "x", "first --tenant")]
    public void What_cannot_be_used_is_refused_in_a_sentence(string? statement, string[] tenants, string? expired, string says) =>
        Assert.Contains(says, Assert.Throws<ArgumentException>(() => Entrance.Read(statement, tenants, expired)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_tenant_goes_where_the_parameter_stands_and_nowhere_else() => Assert.Equal(
        """select "$1", '$1', $x$ $1 $x$, e'\'$1', enter('o''brien') /* $1 */""",
        ContextStatement.Parse("""select "$1", '$1', $x$ $1 $x$, e'\'$1', enter($1) /* $1 */""").With(new("o'brien")).ToString());

    static List<string> Ids(CheckResult result, params Verdict[] verdicts) => [.. result.Findings
        .Where(finding => verdicts.Contains(finding.Verdict)).Select(static finding => finding.Attack.Id).Distinct()];

    sealed class Signed(TestServer server, string database) : IAsyncDisposable
    {
        internal static async Task<Signed> MakeAsync(int major, string sql)
        {
            var server = await TestServer.GetAsync(major);
            var database = await Twin.All.Single(static twin => twin.Name == "signed").CopyAsync(server);
            if (sql.Length > 0)
                await server.ExecuteAsync($"set role signed_keeper; {sql}", database);
            return new(server, database);
        }

        internal Task<CheckResult> CheckAsync(Entrance entrance) => Checker.CheckAsync(server.ConnectionString(database),
            new() { Hints = Hints.None with { Entrance = entrance } }, TestContext.Current.CancellationToken);

        internal async Task<string> TokenAsync(string text) =>
            (await server.ScalarAsync<string>($"select sec.sign('{text}')", database))!;

        internal Task ExecuteAsync(string sql) => server.ExecuteAsync($"set role signed_keeper; {sql}", database);

        public async ValueTask DisposeAsync() => await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }
}
