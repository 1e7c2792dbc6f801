namespace Howdah.Client;

/// <summary>The text of the statement in front, once for a data source.</summary>
sealed class ContextText
{
    internal const string Parameter = "howdah_tenant";

    internal ContextText(string setting)
    {
        // It goes into SQL as a literal: only what a setting's name can be made of gets there.
        if (setting.IndexOf('.', StringComparison.Ordinal) <= 0
            || !setting.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_'))
        {
            throw new ArgumentException($"'{setting}' is no name of a setting of one's own: letters, digits, '_', and a dot in it",
                nameof(setting));
        }
        Plain = $"select pg_catalog.set_config('{setting}', $1, true)";
        Limited = Plain + Time("statement_timeout", 2) + Time("lock_timeout", 3);
        Named = Plain.Replace("$1", "@" + Parameter, StringComparison.Ordinal) + ";\n";
    }

    static string Time(string setting, int number) =>
        $", pg_catalog.set_config('{setting}', coalesce(${number}, pg_catalog.current_setting('{setting}')), true)";

    internal string Plain { get; }
    internal string Limited { get; }

    /// <summary>To be put in front of a text with named parameters or none, which may hold several statements.</summary>
    internal string Named { get; }
}
