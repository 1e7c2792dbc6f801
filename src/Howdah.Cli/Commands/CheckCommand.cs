using System.CommandLine;
using System.Globalization;
using Howdah.Cli.Output;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Howdah.Prover;
using Howdah.Prover.Fixing;
using Howdah.Prover.Scouting;

namespace Howdah.Cli.Commands;

/// <summary><c>howdah check</c>: attacks a database that never saw Howdah.</summary>
static class CheckCommand
{
    static readonly Argument<string> Connection = new("connection")
    {
        Description = "Host=…;Username=… or postgresql://…; ${env:NAME} and ${file:PATH} work too. A superuser can become every role.",
    };

    static readonly Option<string[]> Login = Many("--login",
        "ROLE=CONNECTION: how to log in as a role (repeat for more); tried on the server's other databases, too.");
    static readonly Option<string[]> Role = Many("--role", "Attack as this role only (repeat for more); all that can log in if left out.");
    static readonly Option<string[]> Column = Many("--tenant-column", "The column that tells the tenant; inferred if left out.");
    static readonly Option<string[]> Context = Many("--context",
        "The setting that carries the tenant, as app.tenant_id; inferred if left out.");
    static readonly Option<string?> ContextSql = new("--context-sql")
    {
        Description = "How the application enters a tenant, one statement with $1: 'select app.enter($1)'. Run as the attacker.",
    };
    static readonly Option<string[]> Tenant = Many("--tenant",
        "ID=CONTEXT, twice: two tenants and what the setting must hold for each (signed, say); ID alone with --context-sql.");
    static readonly Option<string?> Expired = new("--expired-context")
    {
        Description = "A context of the first --tenant that must not work anymore.",
    };
    static readonly Option<bool> CatalogOnly = new("--catalog-only") { Description = "Read the catalogs only; attack nothing." };
    static readonly Option<string?> Pooled = new("--pooled")
    {
        Description = "The application's connection string through its pooler: attack what clients share there.",
    };
    static readonly Option<bool> TransactionScoped = new("--transaction-scoped")
    {
        Description = "The application sets its tenant inside transactions only, so sessions hold nothing (with --pooled).",
    };
    static readonly Option<bool> Intrusive = new("--intrusive")
    {
        Description = "Also try what writes through --login: triggers of the tables run, though all is rolled back.",
    };
    static readonly Option<int> Connections = new("--connections")
    {
        Description = "The most connections at a time.", DefaultValueFactory = static _ => 4,
    };
    static readonly Option<string?> Duration = new("--max-duration")
    {
        Description = "Stop attacking after this long (90s, 5m); what was not tried is inconclusive.",
    };
    static readonly Option<string?> Fix = new("--fix") { Description = "Write SQL that closes what was found to this file; - is stdout." };

    internal static Command Create()
    {
        var command = Common.Command("check", "Attacks a database that never saw Howdah, with no file: what it finds and how to fix it. "
            + "Everything is rolled back. Exit 2 if anything broke, 4 if only inconclusive.",
            "howdah check 'Host=localhost;Username=postgres;Database=shop' --fix close.sql");
        command.Add(Connection);
        foreach (var option in (Option[])[Login, Role, Column, Context, ContextSql, Tenant, Expired, CatalogOnly, Pooled,
            TransactionScoped, Intrusive, Connections, Duration, Fix])
            command.Add(option);
        ProofOutput.AddOptions(command);
        command.SetAction((parsed, token) => Common.GuardAsync(parsed, async screen =>
        {
            var folder = Directory.GetCurrentDirectory();
            var secrets = new FileSecretStore(Path.Combine(folder, ".howdah"), folder);
            screen.Secrets = secrets;
            var connection = ConnectionText.Parse(secrets.Expand(parsed.GetValue(Connection)!));
            var time = TimeProvider.System;
            CheckResult result;
            using (var ticker = new Ticker(screen))
                result = await Checker.CheckAsync(connection.ConnectionString, Options(parsed, secrets, ticker), token);
            var proof = new Proof($"{connection.Host}:{connection.Port}/{result.Database}", result.Findings, $"howdah {Program.Version}",
                AttackCatalogue.Version(Checker.Attacks), [$"{connection.Host}:{connection.Port} {result.Server}"], null, result.By,
                time.GetUtcNow(), [.. result.Guesses, .. result.Notes]);
            proof = await ProofOutput.NarrowAsync(screen, parsed, proof, [.. Checker.Attacks, .. ProofAttacks.All],
                folder, token);
            if (parsed.GetValue(Fix) is { } file)
            {
                var script = FixScript.Write(proof.Findings, proof.Subject);
                if (file == "-")
                {
                    screen.Out(script);
                    return ProofOutput.Exit(proof);
                }
                await File.WriteAllTextAsync(file, script, token);
                screen.Tell($"SQL that closes what was found: {file}. Read it before you run it.");
            }
            return await ProofOutput.WriteAsync(screen, parsed, proof, token);
        }, token));
        return command;
    }

    static CheckOptions Options(ParseResult parsed, FileSecretStore secrets, Ticker ticker) => new()
    {
        Hints = new(parsed.GetValue(Column)!, parsed.GetValue(Context)!, parsed.GetValue(Role)!)
        {
            Entrance = Entrance.Read(parsed.GetValue(ContextSql), [.. parsed.GetValue(Tenant)!.Select(secrets.Expand)],
                parsed.GetValue(Expired) is { } expired ? secrets.Expand(expired) : null),
        },
        Logins = parsed.GetValue(Login)!.ToDictionary(static text => Pair(text).Key,
            text => ConnectionText.Parse(secrets.Expand(Pair(text).Value)).ConnectionString, StringComparer.Ordinal),
        CatalogOnly = parsed.GetValue(CatalogOnly),
        Intrusive = parsed.GetValue(Intrusive),
        Pooled = parsed.GetValue(Pooled) is { } pooled ? ConnectionText.Parse(secrets.Expand(pooled)).ConnectionString : null,
        TransactionScopedOnly = parsed.GetValue(TransactionScoped),
        Connections = parsed.GetValue(Connections),
        MaxDuration = parsed.GetValue(Duration) is { } text ? Span(text) : null,
        Progress = ticker.Report,
    };

    static (string Key, string Value) Pair(string text) => text.IndexOf('=', StringComparison.Ordinal) is var at and > 0
        ? (text[..at], text[(at + 1)..])
        : throw new ArgumentException("--login needs ROLE=CONNECTION, such as --login "
            + "'app=Host=localhost;Username=app;Password=${env:APP}'");

    internal static TimeSpan Span(string text)
    {
        if (text.Length > 1 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number > 0 && text[^1] is var unit and ('s' or 'm' or 'h'))
            return unit switch { 's' => TimeSpan.FromSeconds(number), 'm' => TimeSpan.FromMinutes(number), _ =>
                TimeSpan.FromHours(number) };
        throw new ArgumentException($"--max-duration {text} is no duration; write 90s, 5m or 1h");
    }

    static Option<string[]> Many(string name, string about) => new(name) { Description = about, DefaultValueFactory = static _ => [] };
}
