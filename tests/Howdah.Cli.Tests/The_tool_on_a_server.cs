using System.Diagnostics;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class The_tool_on_a_server
{
    const string Marker = "marker-7Qx-password";

    const string Yaml = """
        howdah: 1
        estate: tool
        SERVERS
        roles:
          tool_owner: {}
          tool_app: { login: true, password: "${file:secret}" }
        databases:
          tool: { server: main, owner: tool_owner, grants: [{ to: tool_app, on: { database: true }, privileges: [connect] }] }
        """;

    [Fact]
    public async Task plans_applies_proves_and_never_tells_a_password()
    {
        var server = await TestServer.StartOwnAsync(15);
        using var estate = Estate(server);
        Assert.Equal(2, await QuietAsync("plan", estate.Folder, "--check"));
        Assert.Equal(0, await QuietAsync("apply", estate.Folder, "--json"));
        Assert.Equal(0, await QuietAsync("plan", estate.Folder, "--check", "--json"));
        Assert.Equal(0, await QuietAsync("apply", Path.Combine(estate.Folder, "estate.yaml"), "--verbose"));
        foreach (var format in (string[])["text", "json", "junit", "sarif", "html"])
            Assert.Contains(await QuietAsync("prove", estate.Folder, "--format", format), (int[])[0, 4]);
        // The tool itself must mask what a statement brings to light, and names what stood there.
        Assert.Equal((0, "${file:secret}\n"), await OutAsync("sql", estate.Folder, "--as", "tool_app", $"select '{Marker}'"));
        Assert.Equal((0, "tool_app\n"), await OutAsync("sql", estate.Folder, "--as", "tool_app", "select session_user"));
        // A statement in the pipe needs no word for it.
        var file = Path.Combine(estate.Folder, "estate.yaml");
        foreach (var words in (string[][])[["sql", estate.Folder], ["sql", estate.Folder, "-"], ["sql", file]])
            Assert.Equal((0, "7\n8\n"), await FedAsync("select 7; select 8", words));
        Assert.Equal((1, ""), await FedAsync(" \n", "sql", estate.Folder));
        var (exit, dsn) = await OutAsync("dsn", estate.Folder, "--as", "tool_app", "--format", "npgsql");
        Assert.Equal(0, exit);
        await using var login = new NpgsqlConnection(dsn.Trim());
        await login.OpenAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task stops_at_Ctrl_C_and_the_next_run_finishes()
    {
        var token = TestContext.Current.CancellationToken;
        var server = await TestServer.StartOwnAsync(15);
        using var estate = Estate(server);
        await using var blocker = new NpgsqlConnection(server.ConnectionString());
        await blocker.OpenAsync(token);
        var transaction = await blocker.BeginTransactionAsync(token);
        await using (var hold = new NpgsqlCommand("lock table pg_catalog.pg_authid in share mode", blocker))
            await hold.ExecuteNonQueryAsync(token);
        var apply = Tool.Start("apply", estate.Folder);
        await BlockedAsync(blocker, apply);
        using (var interrupt = Process.Start("kill", ["-INT", $"{apply.Id}"]))
            await interrupt.WaitForExitAsync(token);
        var (exit, output, error) = await Tool.EndAsync(apply);
        Assert.True(exit == 130, $"{exit}\n{output}{error}");
        await transaction.RollbackAsync(token);
        Assert.Equal(0, await QuietAsync("apply", estate.Folder));
        Assert.Equal(0, await QuietAsync("plan", estate.Folder, "--check"));
    }

    [Fact]
    public async Task checks_by_a_reference_that_is_never_told()
    {
        var server = await TestServer.GetAsync(18);
        var database = await server.CreateDatabaseAsync("checked");
        var variable = $"HOWDAH_TEST_{database.ToUpperInvariant()}";
        var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString(database));
        Environment.SetEnvironmentVariable(variable, connection.Password);
        connection.Password = null;
        var given = $"{connection.ConnectionString};Password=${{env:{variable}}}";
        var (exit, output, error) = await Tool.RunAsync("check", given, "--catalog-only");
        Assert.True(exit is 0 or 2, error);
        Assert.Contains("Proof of", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Environment.GetEnvironmentVariable(variable)!, output + error, StringComparison.Ordinal);
        Environment.SetEnvironmentVariable(variable, null);
        (exit, _, error) = await Tool.RunAsync("check", given, "--catalog-only");
        Assert.Equal(1, exit);
        Assert.Contains($"${{env:{variable}}} is not set", error, StringComparison.Ordinal);
    }

    static EstateHarness Estate(TestServer server)
    {
        var estate = new EstateHarness(server, Yaml);
        estate.Write("secret", Marker);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(estate.Folder, "secret"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return estate;
    }

    static async Task BlockedAsync(NpgsqlConnection blocker, Process apply)
    {
        await using var waits = new NpgsqlCommand("select count(*) from pg_catalog.pg_locks where not granted", blocker);
        for (var i = 0; i < 300 && !apply.HasExited; i++)
        {
            if ((long)(await waits.ExecuteScalarAsync())! > 0)
                return;
            await Task.Delay(100);
        }
        Assert.Fail("the apply never came to wait for the lock");
    }

    static async Task<int> QuietAsync(params string[] arguments)
    {
        var (exit, output, error) = await Tool.RunAsync(arguments);
        Assert.DoesNotContain(Marker, output + error, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine($"{string.Join(' ', arguments)}: {exit}\n{error}");
        return exit;
    }

    static async Task<(int Exit, string Out)> FedAsync(string input, params string[] arguments)
    {
        var (exit, output, _) = await Tool.FedAsync(input, arguments);
        return (exit, output);
    }

    static async Task<(int Exit, string Out)> OutAsync(params string[] arguments)
    {
        var (exit, output, error) = await Tool.RunAsync(arguments);
        Assert.True(exit == 0, error);
        return (exit, output);
    }
}
