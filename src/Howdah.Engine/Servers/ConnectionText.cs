using Npgsql;

namespace Howdah.Engine.Servers;

/// <summary>Reads connection strings in both spellings: <c>postgresql://user@host/db?sslmode=require</c> and
/// <c>Host=…;Username=…</c>.</summary>
public static class ConnectionText
{
    /// <summary>Npgsql's spelling of a connection string.</summary>
    /// <exception cref="FormatException">It is neither; the message never repeats it, for it may hold a password.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            return text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal)
                ? FromUri(text)
                : new(text);
        }
        catch (Exception wrong) when (wrong is ArgumentException or UriFormatException or KeyNotFoundException or FormatException)
        {
            throw new FormatException("the connection string is neither a postgresql:// URI nor Npgsql's key=value form");
        }
    }

    static NpgsqlConnectionStringBuilder FromUri(string text)
    {
        // Several hosts make it no URI in the sense of System.Uri, so the parts are taken by hand.
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var query = rest.Contains('?') ? rest[(rest.IndexOf('?') + 1)..] : "";
        rest = rest.Split('?')[0];
        var path = rest.Contains('/') ? rest[(rest.IndexOf('/') + 1)..] : "";
        var authority = rest.Split('/')[0];
        var at = authority.LastIndexOf('@');
        var result = new NpgsqlConnectionStringBuilder { Host = at < 0 ? authority : authority[(at + 1)..] };
        if (at >= 0)
        {
            var user = authority[..at].Split(':', 2);
            result.Username = Uri.UnescapeDataString(user[0]);
            if (user.Length == 2)
                result.Password = Uri.UnescapeDataString(user[1]);
        }
        if (!result.Host.Contains(',') && result.Host.LastIndexOf(':') is var colon and > 0 && !result.Host.EndsWith(']'))
        {
            result.Port = int.Parse(result.Host[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture);
            result.Host = result.Host[..colon];
        }
        if (path.Length > 0)
            result.Database = Uri.UnescapeDataString(path);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = (pair.Split('=', 2)[0], Uri.UnescapeDataString(pair.Contains('=') ? pair.Split('=', 2)[1] : ""));
            result[Keys.GetValueOrDefault(key, key)] = key == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        return result;
    }

    // libpq's words for what Npgsql calls otherwise.
    static readonly Dictionary<string, string> Keys = new()
    {
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["application_name"] = "Application Name",
        ["connect_timeout"] = "Timeout",
        ["options"] = "Options",
        ["user"] = "Username",
        ["password"] = "Password",
        ["target_session_attrs"] = "Target Session Attributes",
    };
}
