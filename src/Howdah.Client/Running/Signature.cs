using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Howdah.Client;

/// <summary>
/// Makes contexts that only who has the tenancy's key can make: tenant, when it ends, the server process that may use it (0: any), and an
/// HMAC-SHA256 over these.
/// </summary>
sealed class Signature(string key, TimeProvider clock)
{
    /// <summary>How long a context is good for: within that a statement must begin. It is made anew after half of it, in a transaction
    /// under way, too.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);
    readonly byte[] signing = Passwords.Signing(key);

    /// <summary>Whether a process's number may stand in it: not where a pooler makes numbers of its own.</summary>
    internal bool Bound { get; set; } = true;

    internal string Sign(string tenant, int pid)
    {
        var expiry = (clock.GetUtcNow() + Lifetime).ToUnixTimeSeconds();
        var text = string.Create(CultureInfo.InvariantCulture, $"{tenant}.{expiry}.{(Bound ? pid : 0)}");
        return text + "." + Convert.ToHexStringLower(HMACSHA256.HashData(signing, Encoding.UTF8.GetBytes(text)));
    }
}
