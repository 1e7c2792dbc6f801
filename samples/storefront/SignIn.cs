using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Howdah.Client.AspNetCore;
using Microsoft.AspNetCore.Authentication.BearerToken;

namespace Howdah.Storefront;

/// <summary>
/// Signs in the users of <c>appsettings.json</c>. It stands for an identity provider: what matters here is that the tenants of a user come
/// out of a token that nobody else can make.
/// </summary>
static class SignIn
{
    internal static void Map(WebApplication app) =>
        app.MapPost("/sign-in", static (Credentials given, IConfiguration configuration) =>
        {
            var user = configuration.GetSection("Users").Get<User[]>()?.FirstOrDefault(user => user.Name == given.Name);
            if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given.Password ?? ""),
                Encoding.UTF8.GetBytes(user?.Password ?? Convert.ToHexString(RandomNumberGenerator.GetBytes(16)))) || user is null)
            {
                return Results.Unauthorized();
            }
            Claim[] claims = [new(ClaimTypes.Name, user.Name), .. user.Tenants.Select(static tenant => new Claim("tenants", tenant))];
            if (user.Tenants is [var only])
                claims = [.. claims, new("tenant", only)];
            return Results.SignIn(new(new ClaimsIdentity(claims, BearerTokenDefaults.AuthenticationScheme)),
                authenticationScheme: BearerTokenDefaults.AuthenticationScheme);
        }).WithoutTenant();
}

sealed record Credentials(string? Name, string? Password);

sealed record User(string Name, string Password, string[] Tenants);
