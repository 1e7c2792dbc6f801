using System.Text.RegularExpressions;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live;

/// <summary>A function that lends its owner's rights to an attacker.</summary>
/// <param name="Signature">As a lint writes it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Language">Its language.</param>
/// <param name="Volatility"><c>v</c> where it may write.</param>
/// <param name="Kind"><c>p</c> for a procedure.</param>
/// <param name="Text">Its text, and those of the functions that it names.</param>
/// <param name="Types">What it takes.</param>
/// <param name="Arguments">What that is called; empty where it has no name.</param>
/// <param name="Roles">Who may call it.</param>
sealed partial record Callable(
    string Signature, QName Name, string Language, char Volatility, char Kind, string Text, IReadOnlyList<string> Types,
    IReadOnlyList<string> Arguments, IReadOnlyList<Attacker> Roles)
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(Callable), "functions.sql");
    static readonly CatalogQuery Texts = CatalogQuery.Load(typeof(Callable), "texts.sql");

    /// <summary>Reads them; the search_path must be empty.</summary>
    internal static async Task<IReadOnlyList<Callable>> ReadAsync(NpgsqlConnection connection, Surface surface, CancellationToken token)
    {
        var roles = surface.Attackers.ToDictionary(static role => role.Oid);
        var all = new List<Callable>();
        await using (var command = new NpgsqlCommand(Query.Text, connection))
        {
            command.Parameters.Add(new() { Value = roles.Keys.ToArray(), DataTypeName = "oid[]" });
            await using var rows = await command.ExecuteReaderAsync(token);
            while (await rows.ReadAsync(token))
                all.Add(new(rows.GetString(1), new(rows.GetString(2), rows.GetString(3)), rows.GetString(4), rows.GetChar(5),
                    rows.GetChar(6), rows.GetString(7), rows.GetFieldValue<string[]>(8), rows.GetFieldValue<string[]>(9),
                    [.. rows.GetFieldValue<uint[]>(10).Select(oid => roles[oid])]));
        }
        for (var i = 0; i < all.Count; i++)
            all[i] = all[i] with { Text = await WholeAsync(connection, all[i].Text, token) };
        return all;
    }

    /// <summary>Why it is not called; null where it may be.</summary>
    internal string? Withheld(bool intrusive) => Kind == 'p' ? "procedures give nothing back; they are judged from the catalogs"
        : Language is not ("sql" or "plpgsql") ? $"what a function in {Language} does elsewhere cannot be taken back"
        : Outside().IsMatch(Text) ? "it does something that cannot be taken back (sequences, locks, files, messages, other servers)"
        : Volatility == 'v' && !intrusive ? "it is VOLATILE and may write: --intrusive calls it, in a transaction that may only read"
        : null;

    // What it calls may do what it must not do itself; three steps are enough to see through wrappers.
    static async Task<string> WholeAsync(NpgsqlConnection connection, string text, CancellationToken token)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        for (var (step, last) = (0, text); step < 3 && last.Length > 0; step++)
        {
            var words = Word().Matches(last).Select(static match => match.Value.ToLowerInvariant()).Where(asked.Add).ToArray();
            last = "";
            await using var command = new NpgsqlCommand(Texts.Text, connection);
            command.Parameters.Add(new() { Value = words });
            await using var rows = await command.ExecuteReaderAsync(token);
            while (await rows.ReadAsync(token))
                last += "\n" + rows.GetString(1);
            text += last;
        }
        return text;
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\b(nextval|setval|dblink\w*|lo_\w+|pg_(read|write|ls|stat)_\w*file\w*|pg_ls_\w+|pg_(try_)?advisory\w*|pg_notify|"
        + @"notify|listen|pg_sleep\w*|pg_terminate_backend|pg_cancel_backend|pg_reload_conf|pg_rotate_logfile|pg_logical_\w+|pg_create_\w+|"
        + @"pg_drop_\w+|pg_switch_wal|pg_export_snapshot|http\w*|net|program|postgres_fdw_\w+|xpath_table|query_to_xml\w*)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Outside();
}
