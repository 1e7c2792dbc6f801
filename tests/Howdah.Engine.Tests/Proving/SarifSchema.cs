using Howdah.Engine.Servers;
using Xunit;

namespace Howdah.Engine.Tests.Proving;

/// <summary>The schema of SARIF 2.1.0 (rtm.5, for JSON schema draft 4) and a validator, fetched by npm into the cache: the schema's license
/// keeps it out of this repository.</summary>
static class SarifSchema
{
    // Exact versions: what validates today validates tomorrow. The first holds the schema of the standard and is never run.
    const string Holder = "@microsoft/jest-sarif@1.0.0-beta.0", Validator = "ajv-draft-04@1.0.0",
        Engine = "ajv@8.20.0", Formats = "ajv-formats@3.0.1";

    const string Program = """
        const Ajv = require('ajv-draft-04'), formats = require('ajv-formats'), fs = require('fs');
        const ajv = new (Ajv.default || Ajv)({ allErrors: true, strict: false, unicodeRegExp: false });
        (formats.default || formats)(ajv);
        const valid = ajv.compile(JSON.parse(fs.readFileSync(process.argv[2], 'utf8')));
        for (const file of process.argv.slice(3))
          if (!valid(JSON.parse(fs.readFileSync(file, 'utf8'))))
            for (const e of valid.errors) console.log(file + ' ' + e.instancePath + ' ' + e.message + ' ' + JSON.stringify(e.params));
        """;

    static readonly Lazy<Task<(string Folder, string? Missing)>> Fetched = new(FetchAsync);

    /// <summary>What is wrong with each of some documents, one line each; none where all are valid. Skips the test where the schema
    /// cannot be had.</summary>
    internal static async Task<string[]> ErrorsAsync(string[] files, CancellationToken token)
    {
        var (folder, missing) = await Fetched.Value;
        Assert.SkipWhen(missing is not null, $"the SARIF schema cannot be had on this machine: {missing}");
        var outcome = await Command.RunAsync(Command.Find("node")!,
            [Path.Combine(folder, "validate.js"), Path.Combine(folder, "sarif-2.1.0.json"), .. files], folder, token);
        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return outcome.Code == 0 ? lines : [$"node ended with {outcome.Code}", .. lines];
    }

    static async Task<(string, string?)> FetchAsync()
    {
        var folder = Path.Combine(OsUser.CacheFolder, "sarif-2.1.0");
        if (Command.Find("npm") is not { } npm || Command.Find("node") is null)
            return (folder, "there is no npm and node");
        if (File.Exists(Path.Combine(folder, "validate.js")))
            return (folder, null);
        var work = Path.Combine(OsUser.CacheFolder, $"sarif-fetching-{Environment.ProcessId}");
        Directory.CreateDirectory(work);
        try
        {
            using var late = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            await File.WriteAllTextAsync(Path.Combine(work, "package.json"), "{}", late.Token);
            foreach (var words in (string[][])[["pack", "--silent", Holder],
                ["install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", Engine, Validator, Formats]])
            {
                var outcome = await Command.RunAsync(npm, words, work, late.Token);
                if (outcome.Code != 0)
                    return (folder, $"npm {words[0]}: {outcome.Output.Trim()}");
            }
            await using (var tarball = File.OpenRead(Directory.EnumerateFiles(work, "*.tgz").Single()))
            await using (var plain = new System.IO.Compression.GZipStream(tarball, System.IO.Compression.CompressionMode.Decompress))
                await System.Formats.Tar.TarFile.ExtractToDirectoryAsync(plain, work, overwriteFiles: true, late.Token);
            File.Move(Directory.EnumerateFiles(Path.Combine(work, "package/lib/schemas"), "sarif-2.1.0*.json").Single(),
                Path.Combine(work, "sarif-2.1.0.json"));
            // Last, so that a fetch that was cut off is begun again.
            await File.WriteAllTextAsync(Path.Combine(work, "validate.js"), Program, late.Token);
            if (!Directory.Exists(folder))
                Directory.Move(work, folder);
            return (folder, null);
        }
        catch (OperationCanceledException)
        {
            return (folder, "npm took longer than 2 minutes");
        }
        finally
        {
            if (Directory.Exists(work))
                Directory.Delete(work, recursive: true);
        }
    }
}
