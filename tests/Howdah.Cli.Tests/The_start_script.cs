using System.Diagnostics;
using Howdah.Testing;
using Xunit;

namespace Howdah.Cli.Tests;

/// <summary><c>./howdah</c> as it decides whether to build; a stand-in for the .NET SDK counts the builds.</summary>
public sealed class The_start_script : IDisposable
{
    readonly TempFolder folder = new();
    readonly string bin;

    public The_start_script()
    {
        File.Copy(Path.Combine(Approved.Root, "howdah"), Path.Combine(folder.Path, "howdah"));
        foreach (var name in (string[])["src/Howdah.Cli/Program.cs", "src/Howdah.Cli/Old.cs", "Directory.Build.props",
            "Directory.Build.targets", "Directory.Packages.props", "global.json"])
            folder.Write(name, "");
        // Only these are to be found: what a machine without flock has.
        bin = Path.Combine(folder.Path, "bin");
        Directory.CreateDirectory(bin);
        foreach (var tool in (string[])["sh", "find", "cat", "mkdir", "mv", "rm", "touch", "uname", "dirname", "sleep", "id", "chmod"])
            File.CreateSymbolicLink(Path.Combine(bin, tool), Path.Combine(On("/usr/bin", tool) ? "/usr/bin" : "/bin", tool));
        folder.Write("bin/dotnet", """
            #!/bin/sh
            echo build >>"$ROOT/builds"
            while [ -e "$ROOT/hold" ]; do sleep 0.05; done
            if [ -e "$ROOT/broken" ]; then echo "it is broken"; exit 1; fi
            while [ "$1" != -o ]; do shift; done
            printf '#!/bin/sh\necho ran "$@"\n' >"$2/howdah"
            chmod +x "$2/howdah"
            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(bin, "dotnet"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task builds_once_and_again_when_a_source_comes_changes_or_goes(bool flock)
    {
        await RunsAsync(flock, builds: 1);
        await RunsAsync(flock, builds: 1);
        File.SetLastWriteTimeUtc(Path.Combine(folder.Path, "src/Howdah.Cli/Program.cs"), DateTime.UtcNow.AddSeconds(2));
        await RunsAsync(flock, builds: 2);
        File.SetLastWriteTimeUtc(Path.Combine(folder.Path, "src/Howdah.Cli/Program.cs"), DateTime.UtcNow.AddDays(-1));
        await RunsAsync(flock, builds: 2);
        File.Delete(Path.Combine(folder.Path, "src/Howdah.Cli/Old.cs"));
        await RunsAsync(flock, builds: 3);
        await RunsAsync(flock, builds: 3);
        // One that comes with a date of long ago, as a package's or an archive's.
        File.SetLastWriteTimeUtc(folder.Write("src/Howdah.Cli/New.sql", ""), DateTime.UtcNow.AddDays(-1));
        await RunsAsync(flock, builds: 4);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task builds_once_for_two_that_come_at_once(bool flock)
    {
        folder.Write("hold", "");
        var one = Start(flock);
        await UntilAsync(() => File.Exists(Path.Combine(folder.Path, "builds")));
        var two = Start(flock);
        Assert.Equal("howdah: waiting for another build", await two.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
        File.Delete(Path.Combine(folder.Path, "hold"));
        Assert.Equal((0, "ran --version\n", ""), await Tool.EndAsync(two));
        Assert.Equal(0, (await Tool.EndAsync(one)).Exit);
        Assert.Single(File.ReadAllLines(Path.Combine(folder.Path, "builds")));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task tells_why_a_build_failed_and_builds_again(bool flock)
    {
        folder.Write("broken", "");
        var (exit, output, error) = await Tool.EndAsync(Start(flock));
        Assert.Equal((1, ""), (exit, output));
        Assert.Contains("it is broken\nhowdah: the build failed\n", error, StringComparison.Ordinal);
        File.Delete(Path.Combine(folder.Path, "broken"));
        await RunsAsync(flock, builds: 2);
    }

    [Fact]
    public async Task takes_over_a_lock_that_a_killed_build_left()
    {
        using var gone = Process.Start("true");
        await gone.WaitForExitAsync(TestContext.Current.CancellationToken);
        folder.Write("artifacts/tool.lock.d/pid", $"{gone.Id}\n");
        await RunsAsync(flock: false, builds: 1);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "artifacts/tool.lock.d")));
    }

    public void Dispose() => folder.Dispose();

    async Task RunsAsync(bool flock, int builds)
    {
        var (exit, output, error) = await Tool.EndAsync(Start(flock));
        Assert.Equal((0, "ran --version\n"), (exit, output));
        Assert.Equal(builds, File.ReadAllLines(Path.Combine(folder.Path, "builds")).Length);
        Assert.DoesNotContain("waiting", error, StringComparison.Ordinal);
    }

    Process Start(bool flock)
    {
        var start = new ProcessStartInfo("/bin/sh", [Path.Combine(folder.Path, "howdah"), "--version"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        if (flock && !On("/usr/bin", "flock"))
            Assert.Skip("there is no flock here");
        start.Environment["PATH"] = flock ? $"{bin}:/usr/bin:/bin" : bin;
        start.Environment["ROOT"] = folder.Path;
        return Process.Start(start)!;
    }

    static bool On(string folder, string tool) => File.Exists(Path.Combine(folder, tool));

    static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 600 && !condition(); i++)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.True(condition());
    }
}
