using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Howdah.Engine.Files;
using Howdah.Patterns.Tenancy.Archiving;
using Howdah.Patterns.Tenancy.Erasing;
using Howdah.Patterns.Tenancy.Registry;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Archiving;

/// <summary>A market with tenants that hold rows of every kind, and a folder for archives.</summary>
sealed class Luggage : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("howdah-luggage-").FullName;
    int counter;

    Luggage(Market market) => Market = market;

    internal Market Market { get; }

    internal DatabaseSpec Home => Market.Session.Estate.Databases[0];

    internal static async Task<Luggage> OpenAsync(int major) => new(await Market.OpenAsync(major));

    internal string NewPath() => Path.Combine(folder, $"{++counter}.zip");

    internal async Task<Tenant> FindAsync(string name)
    {
        await using var tenants = await Market.TenantsAsync();
        return await tenants.GetAsync(name, default);
    }

    /// <summary>A tenant with rows, written as its clients write.</summary>
    internal async Task<Tenant> MakeAsync(string name, TenancyModel model, int rows = 40)
    {
        await using var tenants = await Market.TenantsAsync();
        var tenant = await tenants.CreateAsync(name, model, null, default);
        await using var login = await Market.LoginAsync(tenant);
        await Market.RunAsync(login, $$"""
            insert into orders (tenant_id, kind, mood, mail, total, "Odd ""name", big, span)
            select '{{tenant.Id}}', case g % 3 when 0 then 'a' end, (case g % 2 when 0 then 'o''ld' else 'calm' end)::app.mood, 'x@y', g,
                   case g % 4 when 0 then E'tab\t back\\slash \\N new\nline \r\n end' when 1 then '' when 2 then null else '\.' end,
                   case when g = 1 then repeat('ä', 300000) end, null
            from generate_series(1, {{rows}}) g;
            insert into lines (tenant_id, order_id, what) select tenant_id, id, 'w' || id from orders where tenant_id = '{{tenant.Id}}';
            insert into notes (tenant_id, what) select '{{tenant.Id}}', 'note ' || g from generate_series(1, 7) g;
            insert into notes (tenant_id, what) values ('{{tenant.Id}}', null);
            """);
        return tenant;
    }

    internal async Task<(string Path, ArchiveResult Result)> ExportAsync(string name, ArchiveOptions? options = null)
    {
        var path = NewPath();
        return (path, await TenantExport.RunAsync(Market.Session, Home, name, path, options ?? new(), default));
    }

    internal Task<ArchiveResult> ImportAsync(string path, string? name = null, TenancyModel? model = null,
        ArchiveOptions? options = null) =>
        TenantImport.RunAsync(Market.Session, Home, path, name, model, null, options ?? new(), default);

    internal Task<ErasureResult> EraseAsync(string name, ErasureOptions? options = null) =>
        TenantErase.RunAsync(Market.Session, Home, name, options ?? new(), default);

    /// <summary>What an archive says of its rows: the same for equal rows, whoever's they are and wherever they lived.</summary>
    internal static async Task<string> RowsOfAsync(string path)
    {
        using var reader = await ArchiveReader.OpenAsync(path, new(), default);
        return string.Join(", ", reader.Manifest.Tables.Select(table => $"{table.Plain} {table.Rows} {table.Hash}"));
    }

    internal async Task<string> RowsAsync(string name) => await RowsOfAsync((await ExportAsync(name)).Path);

    /// <summary>A copy of an archive in which something was changed; the manifest tells of the new hashes.</summary>
    internal string Forge(string path, Func<string, string> rows, bool rehash = true, Action<JsonNode>? manifest = null,
        Action<ZipArchive>? more = null)
    {
        var forged = NewPath();
        File.Copy(path, forged);
        using var zip = ZipFile.Open(forged, ZipArchiveMode.Update);
        var json = JsonNode.Parse(Read(zip, "manifest.json"))!;
        foreach (var table in json["tables"]!.AsArray())
        {
            var name = table!["entry"]!.GetValue<string>();
            var bytes = Encoding.UTF8.GetBytes(rows(Read(zip, name)));
            Write(zip, name, bytes);
            if (!rehash)
                continue;
            table["bytes"] = bytes.Length;
            table["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        }
        manifest?.Invoke(json);
        Write(zip, "manifest.json", Encoding.UTF8.GetBytes(json.ToJsonString()));
        more?.Invoke(zip);
        return forged;
    }

    static string Read(ZipArchive zip, string name)
    {
        using var stream = zip.GetEntry(name)!.Open();
        return new StreamReader(stream).ReadToEnd();
    }

    static void Write(ZipArchive zip, string name, byte[] bytes)
    {
        zip.GetEntry(name)!.Delete();
        using var stream = zip.CreateEntry(name).Open();
        stream.Write(bytes);
    }

    /// <summary>Nothing is under way, and every place is one that the registry knows.</summary>
    internal async Task CleanAsync()
    {
        Assert.Equal(0L, await Market.Server.ScalarAsync<long>("select count(*) from howdah.tenant_work where finished is null",
            Market.Database));
        Assert.Equal(0L, await Market.Server.ScalarAsync<long>("""
            with p as (select nspname as n from pg_namespace union all select datname from pg_database
                       union all select rolname from pg_roles)
            select count(*) from p where n ~ '^t_[0-9a-f]{20}$' and n not in (select place from howdah.tenants where place is not null)
            """, Market.Database));
        Assert.Equal(0L, await Market.Server.ScalarAsync<long>("""
            select count(*) from app.orders where tenant_id not in (select id from howdah.tenants where model = 'rows')
            """, Market.Database));
        Assert.Empty((await Market.Estate.PlanAsync()).Steps);
    }

    /// <summary>Works in a process of its own that kills itself at a point; 0: never.</summary>
    internal async Task<(int Code, List<string> Points)> CrashAsync(params string[] what)
    {
        using var process = StartCrash(what);
        var errors = process.StandardError.ReadToEndAsync();
        var points = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode is 0 or 137, $"exit {process.ExitCode}: {await errors}");
        return (process.ExitCode, points);
    }

    /// <summary>The same, to be killed from outside.</summary>
    internal Process StartCrash(params string[] what) => Process.Start(new ProcessStartInfo("dotnet",
        [Path.Combine(AppContext.BaseDirectory, "Howdah.Crash.dll"), Market.Estate.Folder, .. what])
    { RedirectStandardOutput = true, RedirectStandardError = true })!;

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        Market.Dispose();
    }
}
