using System.Security.Claims;

namespace Howdah.Client.AspNetCore.Finding;

/// <summary>Claims that somebody vouched for.</summary>
static class Claims
{
    /// <summary>Values of the claims of that type; those of an identity that was not authenticated do not count.</summary>
    internal static IEnumerable<string> Of(ClaimsPrincipal user, string type) =>
        from identity in user.Identities
        where identity.IsAuthenticated
        from claim in identity.FindAll(type)
        where claim.Value.Length > 0
        select claim.Value;

    internal static bool Authenticated(ClaimsPrincipal user) => user.Identities.Any(static identity => identity.IsAuthenticated);
}
