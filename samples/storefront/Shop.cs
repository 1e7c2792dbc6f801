using Howdah.Client;
using Howdah.Client.AspNetCore;
using Howdah.Client.EntityFrameworkCore;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Howdah.Storefront;

/// <summary>A franchise's shop over the Superstore estate: who is signed in works for one tenant, wherever that lives.</summary>
static class Shop
{
    /// <param name="args">The command line.</param>
    /// <param name="configure">More services.</param>
    /// <param name="map">More endpoints.</param>
    internal static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        var services = builder.Services;
        services.AddSingleton(_ => new TenantDataSource(Home.Find(builder.Configuration, builder.Environment.ContentRootPath)));
        services.AddTenantDbContext<StoreContext>(static (_, options) =>
            options.UseNpgsql(static npgsql => npgsql.ExecutionStrategy(static parts => new TenantExecutionStrategy(parts))));
        services.AddHowdahTenancy(new()
        {
            // A user of one franchise has it in the token; one of several says which, and the token says of which.
            Sources = [TenantSource.Claim("tenant"), TenantSource.Header("X-Tenant")],
            MemberClaim = "tenants",
            Unmarked = UnmarkedEndpoints.Refuse,
        });
        services.AddHealthChecks().AddHowdah();
        services.AddProblemDetails();
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAuthentication(BearerTokenDefaults.AuthenticationScheme).AddBearerToken();
        services.AddAuthorization();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = static error => error switch
            {
                ForeignTenantException or BadHttpRequestException => StatusCodes.Status400BadRequest,
                DbUpdateException => StatusCodes.Status409Conflict,
                _ => StatusCodes.Status500InternalServerError,
            },
        });
        app.UseAuthentication();
        app.UseHowdahTenancy();
        app.UseAuthorization();
        app.MapHealthChecks("/health").WithoutTenant();
        SignIn.Map(app);
        var shop = app.MapGroup("/shop").RequireTenant().RequireAuthorization();
        Customers.Map(shop);
        Orders.Map(shop);
        map?.Invoke(app);
        return app;
    }
}
