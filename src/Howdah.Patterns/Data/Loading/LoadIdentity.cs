using System.Security.Cryptography;

namespace Howdah.Patterns.Data.Loading;

/// <summary>What makes a load the same load: the content of the file and of its steps, whatever they are called.</summary>
static class LoadIdentity
{
    internal static string Of(string folder, DataFile file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in (string[])[file.File, file.Steps])
        {
            using var stream = File.OpenRead(Path.Combine(folder, name));
            hash.AppendData(SHA256.HashData(stream));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
