using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Howdah.Gateway.Web;

/// <summary>What a gateway answers on HTTP. Nothing of it reads files or variables: the command line counts.</summary>
static class WebFront
{
    internal static async Task<WebApplication> StartAsync(GatewayOptions options, GatewayState state, Log log)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.Listen, static listen => listen.Protocols = HttpProtocols.Http1);
            Limit(kestrel);
        });
        builder.Services.AddRoutingCore();
        builder.Logging.AddProvider(new WebLog(log));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        app.Use(static (context, next) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return next(context);
        });
        string[] read = ["GET", "HEAD"];
        app.MapMethods("/health/live", read, (RequestDelegate)(context => Health.LiveAsync(context)));
        app.MapMethods("/health/ready", read, (RequestDelegate)(context => Health.ReadyAsync(context, state)));
        app.MapMethods("/metrics", read, (RequestDelegate)(context => Metrics.WriteAsync(context, state, options)));
        await app.StartAsync();
        foreach (var address in app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses)
            log.Tell(GatewayLevel.Info, "listening", address);
        if (!IPAddress.IsLoopback(options.Listen.Address))
            log.Tell(GatewayLevel.Warning, "listening", "not on loopback: whoever reaches this address reads health and metrics, without "
                + "TLS and without a password");
        return app;
    }

    // Small on purpose: nothing that is asked here is long.
    static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestLineSize = 2048;
        kestrel.Limits.MaxRequestHeadersTotalSize = 8192;
        kestrel.Limits.MaxRequestHeaderCount = 40;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxConcurrentConnections = 100;
        kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
    }
}
