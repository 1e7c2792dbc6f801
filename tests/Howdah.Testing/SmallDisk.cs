using System.Globalization;
using Howdah.Engine.Servers;

namespace Howdah.Testing;

/// <summary>A real file system in memory, small enough to be filled to its last byte; it is unmounted when the process has ended.</summary>
sealed class SmallDisk
{
    readonly string ballast;

    SmallDisk(string folder)
    {
        Folder = folder;
        ballast = Path.Combine(folder, "ballast");
    }

    internal string Folder { get; }

    /// <summary>Mounts one; the test is skipped where that is not allowed.</summary>
    internal static async Task<SmallDisk> MountAsync(int megabytes)
    {
        if (!OsUser.IsRoot || !OperatingSystem.IsLinux())
            Xunit.Assert.Skip("a disk can be filled only on a small file system of its own: mounting one needs root on Linux");
        var folder = Directory.CreateTempSubdirectory("howdah-disk-").FullName;
        var size = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=755");
        var mounted = await Command.RunAsync("mount", ["-t", "tmpfs", "-o", size, "howdah-test", folder], null, CancellationToken.None);
        if (mounted.Code != 0)
            Xunit.Assert.Skip($"a disk can be filled only on a small file system of its own, and mount says: {mounted.Output}");
        TestServer.Watch(folder, $"umount -l '{folder}'");
        return new(folder);
    }

    /// <summary>Leaves no block free.</summary>
    internal void Fill()
    {
        using var file = new FileStream(ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[1 << 20, 1 << 12])
        {
            var block = new byte[size];
            try
            {
                while (true)
                    file.Write(block);
            }
            catch (IOException)
            {
                // Full, for blocks of this size.
            }
        }
    }

    /// <summary>Makes room again.</summary>
    internal void Free() => File.Delete(ballast);
}
