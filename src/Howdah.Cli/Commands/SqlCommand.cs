using System.CommandLine;
using Howdah.Cli.Output;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Cli.Commands;

static class SqlCommand
{
    internal static Command Create()
    {
        var words = new Argument<string[]>("[DIR] SQL")
        {
            Description = "The folder of the estate (default: the current one where it holds estate.yaml, else samples/superstore), and "
                + "the statement, which may also come in a pipe.",
            Arity = new ArgumentArity(0, 2),
        };
        var role = new Option<string>("--as") { Description = "The role to log in as; admin is the role that applies. A tenant "
                + "with a place of its own is reached as its own role, whatever stands here.",
            DefaultValueFactory = _ => "admin" };
        var tenant = new Option<string?>("--tenant") { Description = "The tenant, by name, wherever it lives: its context is set for the "
                + "statement." };
        var database = Common.Database();
        var format = new Option<string?>(
            "--format") { Description = "table (default on a terminal), csv (default in a pipe, without header) or json." };
        format.AcceptOnlyFromAmong("table", "csv", "json");
        var command = Common.Command("sql", "Runs SQL as an application would: that role's real login, that tenant's context.",
            "howdah sql --as store_app --tenant California 'SELECT count(*) FROM store.order_lines'");
        command.Add(words);
        foreach (var option in (Option[])[role, tenant, database, format])
            command.Add(option);
        command.SetAction((parsed, token) =>
        {
            var (path, written) = Read(parsed.GetValue(words)!);
            if (written is null && !Console.IsInputRedirected)
            {
                Console.Error.WriteLine("error: no statement: give it as the last argument, or pipe it in");
                return Task.FromResult(ExitCodes.Usage);
            }
            return Common.WithSessionAsync(parsed, path, start: false, async (screen, session) =>
            {
                var target = Common.Pick(session.Estate, parsed.GetValue(database));
                var statement = written ?? await Console.In.ReadToEndAsync(token);
                if (string.IsNullOrWhiteSpace(statement))
                    throw new ArgumentException("no statement: stdin is empty; give it as the last argument, or pipe it in");
                var given = parsed.GetResult(role) is null or { Implicit: true } ? null : parsed.GetValue(role);
                var (opened, who) = await WayIn.OpenAsync(session, target, given, parsed.GetValue(tenant), token);
                await using var connection = opened;
                await using var transaction = await connection.BeginTransactionAsync(token);
                if (who is not null)
                    await TenantAccess.BecomeAsync(session, target, connection, who, token);
                await using (var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 0, AllResultTypesAreUnknown = true })
                await using (var rows = await command.ExecuteReaderAsync(token))
                {
                    var shape = parsed.GetValue(format) ?? (Console.IsOutputRedirected ? "csv" : "table");
                    do
                        screen.Out(await RowText.WriteAsync(rows, shape, token));
                    while (await rows.NextResultAsync(token));
                }
                await transaction.CommitAsync(token);
                return ExitCodes.Done;
            }, token);
        });
        return command;
    }

    // One word is the statement, unless it is where an estate is; a statement that is not there comes from stdin, which - may say.
    internal static (string Path, string? Statement) Read(string[] given) => given switch
    {
        [var path, "-"] => (path, null),
        [var path, var statement] => (path, statement),
        [] or ["-"] => (Folder(), null),
        [var one] when Directory.Exists(one) || File.Exists(one) => (one, null),
        [var one] => (Folder(), one),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal static string Folder() => File.Exists("estate.yaml") || !Directory.Exists(Common.DefaultFolder) ? "." : Common.DefaultFolder;
}
