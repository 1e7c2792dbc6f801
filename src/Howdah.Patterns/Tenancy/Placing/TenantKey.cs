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

    /// <summary>The password of a tenant's role.</summary>
    internal string PasswordOf(string role) => Convert.ToBase64String(
        HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"howdah login {role}"))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>What a server stores of that password.</summary>
    internal string VerifierOf(string role) => Scram.Verifier(PasswordOf(role), RandomNumberGenerator.GetBytes(16));

    /// <summary>Reveals the secret.</summary>
    /// <exception cref="LoginUnavailableException">It is not to be had here; the message says why.</exception>
    internal static TenantKey Of(Session session, TenancySpec spec) => Of(session.Secrets, spec);

    internal static TenantKey Of(SecretStore secrets, TenancySpec spec)
    {
        var reference = spec.Wanted.Key ?? TenancySpec.Generated;
        return new(secrets.Reveal(spec.Server, $"tenancy {spec.Database}", reference, out var problem)
            ?? throw new LoginUnavailableException("tenants", $"the tenants' key: {problem}"));
    }
}
