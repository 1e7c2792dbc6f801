using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Howdah.Client;

/// <summary>What is derived from a tenancy's key.</summary>
static class Passwords
{
    /// <summary>The password of a tenant's role.</summary>
    internal static string Of(string key, string role) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes("howdah login " + role)));

    /// <summary>The key that signs contexts.</summary>
    internal static byte[] Signing(string key) => HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), "howdah context"u8);
}
