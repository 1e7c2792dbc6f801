using System.Security.Cryptography;
using System.Text;
using Howdah.Engine.Servers.Passwords;

namespace Howdah.Engine.Servers;

/// <summary>
/// SCRAM-SHA-256 verifiers as PostgreSQL stores them (RFC 5802, RFC 7677; <c>SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey</c>), so
/// that a password never travels in clear and is compared without being shown.
/// </summary>
public static class Scram
{
    /// <summary>PostgreSQL's own default.</summary>
    public const int Iterations = 4096;

    /// <summary>Makes a verifier.</summary>
    /// <param name="password">The password.</param>
    /// <param name="salt">Random bytes; PostgreSQL uses 16.</param>
    public static string Verifier(string password, byte[] salt) => Verifier(password, salt, Iterations);

    /// <summary>The password as SASLprep leaves it, which every client meets the verifier with: for clients that prepare less than libpq
    /// does. A password that SASLprep refuses stays as it is.</summary>
    public static string Prepare(string password) => SaslPrep.Apply(password);

    /// <summary>Whether a verifier was made from a password; false for any other kind of verifier (MD5).</summary>
    public static bool Matches(string? verifier, string password)
    {
        // SCRAM-SHA-256$4096:salt$stored:server
        if (verifier?.Split('$') is not ["SCRAM-SHA-256", var head, var keys] || head.Split(':') is not [var count, var salt]
            || !int.TryParse(count, out var iterations) || iterations < 1 || keys.Split(':').Length != 2)
            return false;
        var again = Verifier(password, Convert.FromBase64String(salt), iterations);
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(again), Encoding.ASCII.GetBytes(verifier));
    }

    internal static string Verifier(string password, byte[] salt, int iterations)
    {
        var bytes = Encoding.UTF8.GetBytes(Prepare(password));
        var salted = Rfc2898DeriveBytes.Pbkdf2(bytes, salt, iterations, HashAlgorithmName.SHA256, 32);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8.ToArray()));
        var server = HMACSHA256.HashData(salted, "Server Key"u8.ToArray());
        return $"SCRAM-SHA-256${iterations}:{Convert.ToBase64String(salt)}$"
            + $"{Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }
}
