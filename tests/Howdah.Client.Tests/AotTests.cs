using System.Diagnostics;
using Xunit;

namespace Howdah.Client.Tests;

/// <summary>An application that is compiled ahead of time: what trimming or the lack of a compiler would break, breaks here.</summary>
public sealed class AotTests
{
    [Fact]
    public async Task Compiled_ahead_of_time_the_client_works_and_no_warning_is_given()
    {
        var linker = new[] { "clang", "gcc" }.FirstOrDefault(static name => Environment.GetEnvironmentVariable("PATH")!.Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, name))));
        Assert.SkipWhen(linker is null, "ahead of time nothing can be compiled without a linker: apt-get install clang");
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "Howdah.slnx")))
            root = root.Parent;
        // Artifacts of its own, so that it does not meet another build of the client.
        var folder = Path.Combine(root.FullName, "artifacts", "aot");
        var (code, output) = await RunAsync("dotnet", "publish", Path.Combine(root.FullName, "tests/Howdah.Aot"), "-c", "Release", "--ucr",
            "-p:PublishAot=true", $"-p:ArtifactsPath={folder}", $"-p:CppCompilerAndLinker={linker}", "-o", Path.Combine(folder, "out"),
            "--nologo", "-v", "minimal");
        Assert.SkipWhen(code != 0 && Array.Exists(["NU1101", "NU1102", "NU1301"], sign => output.Contains(sign, StringComparison.Ordinal)),
            $"the compiler's package (ILCompiler) cannot be had here: {output}");
        // Warnings are errors there, too; those of the linking come after the compiler's.
        Assert.True(code == 0 && !output.Contains("warning", StringComparison.OrdinalIgnoreCase), output);

        var home = await Home.MakeAsync(18);
        var place = await home.MoveToSchemaAsync(home.Bolt);
        foreach (var tenant in (Guid[])[home.Acme, home.Bolt])
        {
            var ran = await RunAsync(Path.Combine(folder, "out", "Howdah.Aot"), home.ConnectionString(), Home.Key, tenant.ToString());
            Assert.Equal((0, "6 76"), (ran.Code, ran.Output.Trim()));
        }
        Assert.Equal("6 6", await home.AskAsync<string>($"""
            select (select count(*) from shop.orders) || ' ' || (select count(*) from {place}.orders)
            """));
    }

    static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return (process.ExitCode, await output + await errors);
    }
}
