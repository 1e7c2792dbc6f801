using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Howdah.Engine;
using Howdah.Engine.Servers;

namespace Howdah.Patterns.Tenancy.Placing;

/// <summary>What the secret under <c>tenancy.key</c> is good for: passwords of tenants' roles, and the key of signed contexts. Nothing is
/// stored for a tenant, so there is nothing to lose and nothing to steal but the one secret.</summary>
sealed class TenantKey
{
    readonly byte[] secret;

    TenantKey(string text)
    {
        Text = text;
        secret = Encoding.UTF8.GetBytes(text);
    }

    /// <summary>The secret as an application is given it.</summary>
    internal string Text { get; }

    /// <summary>The key of signed contexts.</summary>
    internal byte[] Signing => HMACSHA256.HashData(secret, "howdah context"u8.ToArray());

    /// <summary>That key as HMAC pads it (RFC 2104): for a server that has SHA-256 and no HMAC.</summary>
    internal byte[] Padded(bool inner)
    {
        var block = new byte[64];
        Signing.CopyTo(block, 0);
        return [.. block.Select(each => (byte)(each ^ (inner ? 0x36 : 0x5c)))];
    }

    /// <summary>By which a stored key is compared without being read.</summary>
    internal string Fingerprint => Convert.ToHexStringLower(SHA256.HashData([.. Padded(inner: true), .. Padded(inner: false)]));

    /// <summary>The context that says a tenant: <c>tenant.expiry.backend.signature</c>.</summary>
    /// <param name="tenant">The tenant's id.</param>
    /// <param name="expiry">Until when it holds.</param>
    /// <param name="backend">The only backend it holds for; 0 for any.</param>
    internal string Sign(string tenant, DateTimeOffset expiry, int backend)
    {
        var said = string.Create(CultureInfo.InvariantCulture, $"{tenant}.{expiry.ToUnixTimeSeconds()}.{backend}");
        return $"{said}.{Convert.ToHexStringLower(HMACSHA256.HashData(Signing, Encoding.UTF8.GetBytes(said)))}";
    }

    /// <summary>The password of a tenant's role.</summary>
    internal string PasswordOf(string role) => Convert.ToBase64String(
        HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"howdah login {role}"))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>What a server stores of that password.</summary>
    internal string VerifierOf(string role) => Scram.Verifier(PasswordOf(role), RandomNumberGenerator.GetBytes(16));

    /// <summary>Reveals the secret.</summary>
    /// <exception cref="LoginUnavailableException">It is not to be had here; the message says why.</exception>
    internal static TenantKey Of(Session session, TenancySpec spec) => Of(session.Secrets, spec);

    internal static TenantKey Of(string secret) => new(secret);

    internal static TenantKey Of(SecretStore secrets, TenancySpec spec)
    {
        var reference = spec.Wanted.Key ?? TenancySpec.Generated;
        return new(secrets.Reveal(spec.Server, $"tenancy {spec.Database}", reference, out var problem)
            ?? throw new LoginUnavailableException("tenants", $"the tenants' key: {problem}"));
    }
}
