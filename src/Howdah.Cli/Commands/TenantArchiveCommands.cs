using System.CommandLine;
using System.Globalization;
using Howdah.Cli.Output;
using Howdah.Patterns.Tenancy.Archiving;
using Howdah.Patterns.Tenancy.Registry;

namespace Howdah.Cli.Commands;

/// <summary>Tenants out of the estate and in again.</summary>
static class TenantArchiveCommands
{
    static readonly List<string> Columns = ["outcome", "tenant", "name", "tables", "rows", "sha256"];

    internal static Command Export()
    {
        var (name, json) = (TenantVerb.Name(), TenantVerb.Json());
        var to = new Option<string>("--out") { Description = "The file to write; it must not be there.", Required = true };
        var command = Common.Command("export", "Writes a tenant, from any model, into an archive as it was at one moment: rows, counts and "
            + "hashes, no secrets. Prints the SHA-256 to note.", "howdah tenant export Ontario --out ontario.zip");
        command.Add(name);
        command.Add(to);
        return TenantVerb.Ready(command, json, async (parsed, screen, session, database, token) =>
        {
            var path = parsed.GetValue(to)!;
            var made = await TenantExport.RunAsync(session, database, parsed.GetValue(name)!, path, new() { Progress = Told(screen) },
                token);
            screen.Out(parsed.GetValue(json) ? Row(made) : $"{made.Sha256}\n");
            screen.Tell($"Tenant {made.Name}: {Number(made.Rows)} rows of {made.Tables} tables are in {path}. It holds the tenant's data "
                + "as they are: keep it like them.");
            return ExitCodes.Done;
        });
    }

    internal static Command Import()
    {
        var (json, quiet) = (TenantVerb.Json(), TenantVerb.NoProve());
        var path = new Argument<string>("path") { Description = "The archive." };
        var name = new Option<string?>("--as") { Description = "Another name: makes another tenant of it, with an id of its own." };
        var model = new Option<string?>("--to") { Description = "rows, schemas or databases; what the estate says if left out." };
        model.AcceptOnlyFromAmong("rows", "schemas", "databases");
        var server = new Option<string?>("--server") { Description = "The server for its database." };
        var noted = new Option<string?>("--sha256") { Description = "The hash that was noted at the export; another archive is refused." };
        var most = new Option<long>("--max-bytes")
        {
            Description = "How many bytes of rows it may hold.",
            DefaultValueFactory = static _ => new ArchiveOptions().MostBytes,
        };
        var abort = new Option<bool>("--abort") { Description = "Gives up an import that was cut off: nothing of it is left." };
        var command = Common.Command("import", "Takes a tenant in from an archive, into any model. It is served when every count and hash "
            + "was compared, not before. Run again, it goes on where it was cut off.", "howdah tenant import ontario.zip --to schemas");
        command.Add(path);
        foreach (var option in (Option[])[name, model, server, noted, most, abort, quiet])
            command.Add(option);
        return TenantVerb.Ready(command, json, async (parsed, screen, session, database, token) =>
        {
            var options = new ArchiveOptions
            {
                Sha256 = parsed.GetValue(noted), MostBytes = parsed.GetValue(most), Progress = Told(screen),
            };
            TenancyModel? to = parsed.GetValue(model) is { } said ? Enum.Parse<TenancyModel>(said, ignoreCase: true) : null;
            var made = parsed.GetValue(abort)
                ? await TenantImport.AbortAsync(session, database, parsed.GetValue(path)!, parsed.GetValue(name), options, token)
                : await TenantImport.RunAsync(session, database, parsed.GetValue(path)!, parsed.GetValue(name), to,
                    parsed.GetValue(server), options, token);
            screen.Out(parsed.GetValue(json) ? Row(made) : $"{made.Tenant}\n");
            screen.Tell(made.Outcome switch
            {
                "aborted" => $"The import of {made.Name} is given up; nothing of it is left.",
                "there" => $"Tenant {made.Name} was imported from this archive before; nothing to do.",
                _ => $"Tenant {made.Name} is served: {Number(made.Rows)} rows of {made.Tables} tables, equal to the archive by count and "
                    + "hash.",
            });
            return made.Outcome == "imported" && !parsed.GetValue(quiet) ? await TenantMoveCommand.ProveAsync(screen, session, token)
                : ExitCodes.Done;
        });
    }

    static Progress Told(Screen screen) => new(screen);

    // Not System.Progress: that tells from another thread, later.
    sealed class Progress(Screen screen) : IProgress<ArchiveProgress>
    {
        public void Report(ArchiveProgress value) => screen.Tell($"  {value.Table}: {Number(value.Rows)} rows {value.Message}");
    }

    static string Row(ArchiveResult made) => RowText.Write(Columns, [[made.Outcome, made.Tenant.ToString(), made.Name, Number(made.Tables),
        Number(made.Rows), made.Sha256]], "json");

    static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
