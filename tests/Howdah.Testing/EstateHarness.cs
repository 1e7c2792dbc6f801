using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Howdah.Patterns;

namespace Howdah.Testing;

/// <summary>An estate file on a test server: plan, apply and prove it as the tool would.</summary>
sealed class EstateHarness : IDisposable
{
    readonly TempFolder folder = new();
    readonly string variable;
    readonly IReadOnlyList<Pattern> patterns;

    /// <param name="server">Where it is applied.</param>
    /// <param name="yaml">The file; the server <c>main</c> is declared by writing <c>SERVERS</c> on a line of its own.</param>
    /// <param name="patterns">The patterns; all that ship where null.</param>
    /// <param name="user">Who applies; the superuser where null.</param>
    /// <param name="password">Its password.</param>
    /// <param name="port">Another port to reach the server by: a proxy's.</param>
    internal EstateHarness(TestServer server, string yaml, IReadOnlyList<Pattern>? patterns = null, string? user = null,
        string? password = null, int? port = null)
    {
        Server = server;
        this.patterns = patterns ?? Builtin.All;
        variable = $"HOWDAH_TEST_{Path.GetFileName(folder.Path).Replace('-', '_').ToUpperInvariant()}";
        var connection = new Npgsql.NpgsqlConnectionStringBuilder(server.ConnectionString());
        if (user is not null)
            (connection.Username, connection.Password) = (user, password);
        connection.Port = port ?? connection.Port;
        Environment.SetEnvironmentVariable(variable, connection.ConnectionString);
        Write(yaml);
    }

    internal TestServer Server { get; }
    internal string Folder => folder.Path;

    /// <summary>Writes the estate file anew.</summary>
    internal void Write(string yaml) =>
        folder.Write("estate.yaml", yaml.Replace("SERVERS",
            $"servers: {{ main: {{ connection: \"${{env:{variable}}}\" }} }}", StringComparison.Ordinal));

    /// <summary>Writes another file of the estate.</summary>
    internal void Write(string name, string text) => folder.Write(name, text);

    internal Loaded Load() => new EstateEngine(patterns).Load(folder.Path);

    internal async Task<Session> OpenAsync()
    {
        var loaded = Load();
        Xunit.Assert.True(loaded.Estate is not null, string.Join('\n', loaded.Diagnostics));
        return await new EstateEngine(patterns).OpenAsync(loaded.Estate, new ServerOptions(Start: false), CancellationToken.None);
    }

    internal async Task<Plan> PlanAsync(bool rehearse = true) => await (await OpenAsync()).PlanAsync(rehearse, CancellationToken.None);

    internal async Task<ApplyResult> ApplyAsync(ApplyOptions? options = null) =>
        await (await OpenAsync()).ApplyAsync(options ?? new() { Allow = Enum.GetValues<HazardKind>().ToHashSet() }, CancellationToken.None);

    /// <summary>Applies and insists that it is done and that nothing is left to do: an apply looks again itself, and fails where anything
    /// is left, so another plan is asked only in full campaigns.</summary>
    internal async Task ConvergeAsync()
    {
        var result = await ApplyAsync();
        Xunit.Assert.True(result.Outcome is ApplyOutcome.Done or ApplyOutcome.NothingToDo, result.Message);
        if (!Campaign.Full)
            return;
        var left = await PlanAsync();
        Xunit.Assert.True(left.Steps.Count == 0, string.Join('\n', left.Steps.Select(step => $"{step.Id}: {step.SqlText}")));
    }

    /// <summary>Makes every attack, or only some.</summary>
    internal async Task<List<Finding>> ProveAsync(Func<Attack, bool>? only = null)
    {
        var findings = new List<Finding>();
        await foreach (var finding in (await OpenAsync()).ProveAsync(only, CancellationToken.None))
            findings.Add(finding);
        return findings;
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(variable, null);
        folder.Dispose();
    }
}
