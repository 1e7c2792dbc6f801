using System.Collections.Concurrent;
using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Howdah.Client.Tests;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Howdah.Client.AspNetCore.Tests;

/// <summary>An application on a Kestrel of its own, on loopback, and a client of it.</summary>
sealed class Web : IAsyncDisposable
{
    readonly WebApplication app;
    readonly HttpClient client;

    Web(WebApplication app, ConcurrentQueue<string> log, Home home)
    {
        this.app = app;
        Log = log;
        Home = home;
        client = new() { BaseAddress = new(app.Urls.First()) };
    }

    internal Home Home { get; }

    /// <summary>All that the application logged, scopes and exceptions included.</summary>
    internal ConcurrentQueue<string> Log { get; }

    internal static async Task<Web> StartAsync(HowdahTenancyOptions options, Action<WebApplication>? map = null, Home? home = null,
        TimeSpan? fence = null, bool told = false)
    {
        home ??= await Home.MakeAsync(18);
        var settings = home.Options(fence: fence ?? TimeSpan.FromMilliseconds(200));
        var log = new ConcurrentQueue<string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(new Listener(log));
        builder.Services.AddSingleton(new TenantDataSource(new()
        {
            ConnectionString = settings.ConnectionString,
            Key = settings.Key,
            FenceTimeout = settings.FenceTimeout,
            TenantInTelemetry = told,
        }));
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, Signed>("test", null);
        builder.Services.AddHealthChecks().AddHowdah();
        builder.Services.AddHowdahTenancy(options);
        var app = builder.Build();
        app.UseAuthentication();
        app.UseHowdahTenancy();
        app.MapGet("/sum", Sum).RequireTenant();
        app.MapGet("/t/{tenant}/sum", Sum).RequireTenant();
        app.MapGet("/open", (TenantScope scope) => scope.Tenant is null ? "none" : "some").WithoutTenant();
        app.MapHealthChecks("/health").WithoutTenant();
        map?.Invoke(app);
        await app.StartAsync();
        return new(app, log, home);
    }

    /// <summary>Gets it as a signed-in user with these claims; null is nobody.</summary>
    internal async Task<(HttpStatusCode Status, string Text, HttpResponseMessage Response)> GetAsync(string path,
        (string Type, string Value)[]? user = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (user is not null)
            request.Headers.Add(Signed.Header, string.Join('|', user.Select(static claim => $"{claim.Type}={claim.Value}")));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    static async Task<string> Sum([FromServices] Tenant tenant, CancellationToken token)
    {
        await using var command = tenant.CreateCommand("select tenant_id || ' ' || sum(total) from orders group by tenant_id");
        return (string)(await command.ExecuteScalarAsync(token))!;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }

    /// <summary>Takes the claims from a header: who a user is, is not what is tested here.</summary>
    sealed class Signed(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        internal const string Header = "X-Test-Claims";

        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (!Request.Headers.TryGetValue(Header, out var text))
                return Task.FromResult(AuthenticateResult.NoResult());
            var claims = text.ToString().Split('|', StringSplitOptions.RemoveEmptyEntries).Select(static claim => claim.Split('=', 2))
                .Select(static parts => new Claim(parts[0], parts[1]));
            return Task.FromResult(AuthenticateResult.Success(new(new(new ClaimsIdentity(claims, "test")), "test")));
        }
    }

    sealed class Listener(ConcurrentQueue<string> log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            log.Enqueue(state is IEnumerable<KeyValuePair<string, object>> pairs ? string.Join(',', pairs) : state.ToString() ?? "");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => log.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
