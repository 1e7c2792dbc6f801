using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Howdah.Storefront.Tests;

/// <summary>The storefront on the Superstore's own estate, with a franchise in each model; real Kestrel, real logins.</summary>
sealed class Front : IAsyncDisposable
{
    readonly EstateHarness harness;
    readonly WebApplication app;
    readonly HttpClient client;

    Front(EstateHarness harness, WebApplication app, IReadOnlyDictionary<string, Guid> ids)
    {
        this.harness = harness;
        this.app = app;
        Ids = ids;
        client = new() { BaseAddress = new(app.Urls.First()) };
    }

    /// <summary>The franchises: Rows, Schemas, Databases, and Other, which is what they are attacked for.</summary>
    internal IReadOnlyDictionary<string, Guid> Ids { get; }

    internal static string[] Names => ["Rows", "Schemas", "Databases"];

    /// <param name="major">PostgreSQL.</param>
    /// <param name="map">More endpoints.</param>
    /// <param name="more">More services.</param>
    /// <param name="pool">How many connections each place has.</param>
    internal static async Task<Front> StartAsync(int major, Action<WebApplication>? map = null, Action<IServiceCollection>? more = null,
        int pool = 20)
    {
        var server = await TestServer.StartOwnAsync(major);
        var harness = new EstateHarness(server, Yaml(out var folder));
        Directory.CreateDirectory(Path.Combine(harness.Folder, "migrations"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "migrations")))
            File.Copy(file, Path.Combine(harness.Folder, "migrations", Path.GetFileName(file)));
        await harness.ConvergeAsync();
        var session = await harness.OpenAsync();
        var database = session.Estate.Databases.Single();
        var ids = new Dictionary<string, Guid>();
        await using (var tenants = await Tenants.OpenAsync(session, database, default))
        {
            foreach (var name in Names)
            {
                var model = Enum.Parse<TenancyModel>(name);
                ids[name] = (await tenants.CreateAsync(name, model, null, default)).Id;
                ids["Other" + name] = (await tenants.CreateAsync("Other" + name, model, null, default)).Id;
            }
        }
        var users = ids.Keys.Select(static name => (name, Tenants: new[] { name })).Append(("both", ["Rows", "Schemas"])).ToList();
        var app = Shop.Build([$"--contentRoot={AppContext.BaseDirectory}"], builder =>
        {
            builder.Logging.ClearProviders();
            more?.Invoke(builder.Services);
            builder.Configuration.Sources.Clear();
            builder.Configuration.AddInMemoryCollection(
            [
                new("Urls", "http://127.0.0.1:0"),
                new("ConnectionStrings:Store", session.Servers["main"].LoginConnectionString("store_app", "store")
                    + $";Pooling=true;Maximum Pool Size={pool}"),
                new("HOWDAH_TENANT_KEY", TenantAccess.Key(session, database)),
                .. users.SelectMany(static (user, at) => new KeyValuePair<string, string?>[]
                {
                    new($"Users:{at}:Name", user.name), new($"Users:{at}:Password", "p-" + user.name),
                }.Concat(user.Tenants.Select((tenant, index) =>
                    new KeyValuePair<string, string?>($"Users:{at}:Tenants:{index}", tenant)))),
            ]);
        }, map);
        await app.StartAsync();
        return new(harness, app, ids);
    }

    /// <summary>A token of the user's.</summary>
    internal async Task<string> SignInAsync(string user)
    {
        using var response = await client.PostAsJsonAsync("/sign-in", new { name = user, password = "p-" + user });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()!;
    }

    internal Task<(HttpStatusCode Status, string Text)> SendAsync(string? token, HttpMethod method, string path, object? body = null,
        params (string Name, string Value)[] headers) => SendAsync(token, method, path, body, default, headers);

    internal async Task<(HttpStatusCode Status, string Text)> SendAsync(string? token, HttpMethod method, string path, object? body,
        CancellationToken cancel, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var response = await client.SendAsync(request, cancel);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(cancel));
    }

    /// <summary>The version of what stands under a path.</summary>
    internal async Task<string> TagAsync(string token, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", token);
        using var response = await client.SendAsync(request);
        return response.Headers.ETag!.ToString();
    }

    internal Task<(HttpStatusCode Status, string Text)> GetAsync(string? token, string path,
        params (string Name, string Value)[] headers) => SendAsync(token, HttpMethod.Get, path, null, headers);

    /// <summary>A customer, a product and an order of the franchise's, all with its name in them.</summary>
    internal async Task FillAsync(string name)
    {
        var token = await SignInAsync(name);
        foreach (var (path, body) in new (string, object)[]
        {
            ("/shop/customers", new { id = "c1", name = $"secret of {name}", segment = name }),
            ("/shop/products", new { productId = "p1", productName = "Chair", category = $"cat {name}", subCategory = "s" }),
            ("/shop/orders", new { id = "o1", customerId = "c1", date = "2026-01-02", state = name,
                lines = new[] { new { row = 1, productId = "p1", productName = "Chair", quantity = 2, sales = 9.5 } } }),
        })
        {
            var (status, text) = await SendAsync(token, HttpMethod.Post, path, body);
            Xunit.Assert.True((int)status is 201 or 204, $"{name} {path}: {status} {text}");
        }
    }

    static string Yaml(out string folder)
    {
        folder = Path.Combine(typeof(Front).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static metadata => metadata.Key == "Root").Value!, "samples/superstore");
        var yaml = File.ReadAllText(Path.Combine(folder, "estate.yaml"));
        var (begin, end) = (yaml.IndexOf("servers:", StringComparison.Ordinal), yaml.IndexOf("roles:", StringComparison.Ordinal));
        var data = yaml.IndexOf("    data:", StringComparison.Ordinal);
        // Without the retailer's data: franchises come of what is posted.
        return yaml[..begin] + "SERVERS\n\n" + yaml[end..data];
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
        harness.Dispose();
    }
}
