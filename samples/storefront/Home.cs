using System.Diagnostics;
using Howdah.Client;

namespace Howdah.Storefront;

/// <summary>Where the home database is: what the configuration says, else what <c>./howdah up</c> made.</summary>
static class Home
{
    internal static TenantDataSourceOptions Find(IConfiguration configuration, string folder) => new()
    {
        ConnectionString = configuration.GetConnectionString("Store") ?? Ask(folder, "--as", "store_app", "--format", "npgsql"),
        Key = configuration["HOWDAH_TENANT_KEY"] ?? (configuration.GetConnectionString("Store") is null ? Ask(folder, "--key") : null),
    };

    static string Ask(string folder, params string[] what)
    {
        var root = new DirectoryInfo(folder);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Howdah.slnx")))
            root = root.Parent;
        if (root is null)
            throw new InvalidOperationException("set ConnectionStrings__Store and HOWDAH_TENANT_KEY: this is no source tree of Howdah");
        var start = new ProcessStartInfo(Path.Combine(root.FullName, "howdah"), ["dsn", .. what])
        {
            WorkingDirectory = root.FullName,
            RedirectStandardOutput = true,
        };
        using var tool = Process.Start(start) ?? throw new InvalidOperationException("./howdah could not be started");
        var text = tool.StandardOutput.ReadToEnd().Trim();
        tool.WaitForExit();
        return tool.ExitCode == 0 ? text : throw new InvalidOperationException("there is no Superstore yet: run `./howdah up` first");
    }
}
