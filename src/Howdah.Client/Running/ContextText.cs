namespace Howdah.Client;

/// <summary>The texts of the statement in front, once for a data source: by position, and by name to be put in front of another
/// text.</summary>
sealed class ContextText
{
    internal const string Tenant = "howdah_tenant", StatementTimeout = "howdah_statement_timeout", LockTimeout = "howdah_lock_timeout";

    internal ContextText(string setting)
    {
        // It goes into SQL as a literal: only what a setting's name can be made of gets there.
        if (setting.IndexOf('.', StringComparison.Ordinal) <= 0
            || !setting.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_'))
        {
            throw new ArgumentException($"'{setting}' is no name of a setting of one's own: letters, digits, '_', and a dot in it",
                nameof(setting));
        }
        Plain = Text(setting, "$1");
        Limited = Text(setting, "$1", "$2", "$3");
        Named = Text(setting, "@" + Tenant) + ";\n";
        NamedLimited = Text(setting, "@" + Tenant, "@" + StatementTimeout, "@" + LockTimeout) + ";\n";
    }

    internal string Plain { get; }
    internal string Limited { get; }
    internal string Named { get; }
    internal string NamedLimited { get; }

    // Nobody reads what was set: the row, by which statements are counted, has no column to be written, sent and read.
    static string Text(string setting, string tenant) =>
        $"select where pg_catalog.set_config('{setting}', {tenant}, true) is not null";

    static string Text(string setting, string tenant, string statement, string wait) =>
        Text(setting, tenant) + Time("statement_timeout", statement) + Time("lock_timeout", wait);

    // Null leaves what the server has. What was set is never null, so each is evaluated.
    static string Time(string setting, string value) =>
        $" and pg_catalog.set_config('{setting}', coalesce({value}, pg_catalog.current_setting('{setting}')), true) is not null";
}
