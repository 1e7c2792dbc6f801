using System.Net;
using System.Text.Json;
using Howdah.Client.Tests;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Howdah.Client.AspNetCore.Tests;

/// <summary>How a request comes to its tenant, and how it does not.</summary>
public sealed class TenancyTests
{
    static readonly HowdahTenancyOptions All = new()
    {
        Sources = [TenantSource.Claim("tenant"), TenantSource.Host("{tenant}.shop.test"), TenantSource.Route("tenant"),
            TenantSource.Header("X-Tenant")],
        MemberClaim = "tenants",
    };

    [Theory, InlineData(15), InlineData(18)]
    public async Task Every_source_finds_the_tenant_by_id_and_by_name(int major)
    {
        await using var web = await Web.StartAsync(All, home: await Home.MakeAsync(major));
        var acme = web.Home.Acme.ToString();
        var sum = $"{acme} 60";
        Assert.Equal(sum, (await web.GetAsync("/sum", [("tenant", acme)])).Text);
        Assert.Equal(sum, (await web.GetAsync("/sum", [("tenant", "acme")])).Text);
        Assert.Equal(sum, (await web.GetAsync("/sum", [("tenants", acme)], ("Host", "ACME.shop.test"))).Text);
        Assert.Equal(sum, (await web.GetAsync("/t/acme/sum", [("tenants", "acme")])).Text);
        (string, string)[] both = [("tenants", "bolt"), ("tenants", acme)];
        Assert.Equal(sum, (await web.GetAsync("/sum", both, ("X-Tenant", acme.ToUpperInvariant()))).Text);
        // All at once, of one mind.
        Assert.Equal(sum, (await web.GetAsync("/t/acme/sum", [("tenant", acme)], ("Host", "acme.shop.test"), ("X-Tenant", acme))).Text);
    }

    [Fact]
    public async Task Nobody_gets_another_tenants_rows_by_naming_it()
    {
        await using var web = await Web.StartAsync(All);
        var (acme, bolt) = (web.Home.Acme.ToString(), web.Home.Bolt.ToString());
        (string, string)[] member = [("tenants", acme)];
        // Header, route and host of a tenant that the user does not belong to.
        foreach (var (path, header) in new (string, (string, string))[] { ("/sum", ("X-Tenant", bolt)), ("/sum", ("X-Tenant", "bolt")),
            ("/t/bolt/sum", ("Accept", "*/*")), ("/sum", ("Host", "bolt.shop.test")), ("/sum", ("X-Tenant", bolt.ToUpperInvariant())) })
        {
            var (status, text, _) = await web.GetAsync(path, member, header);
            Assert.Equal(HttpStatusCode.Forbidden, status);
            Assert.Equal("urn:howdah:not-a-member", Kind(text));
            Assert.DoesNotContain(bolt, text, StringComparison.OrdinalIgnoreCase);
        }
        // A second source that says something else than the first.
        foreach (var header in new (string, string)[] { ("X-Tenant", bolt), ("Host", "bolt.shop.test"), ("X-Tenant", "nobody") })
        {
            var (status, text, _) = await web.GetAsync("/sum", [("tenant", acme), ("tenants", bolt)], header);
            Assert.Equal((HttpStatusCode.BadRequest, "urn:howdah:ambiguous-tenant"), (status, Kind(text)));
        }
        Assert.Equal(HttpStatusCode.BadRequest, (await web.GetAsync("/sum", [("tenant", acme), ("tenant", bolt)])).Status);
        // Two lines of a header come as one text, which is nobody's name.
        Assert.Equal(HttpStatusCode.NotFound, (await web.GetAsync("/sum", member, ("X-Tenant", acme), ("X-Tenant", bolt))).Status);
        // Hosts that only look like it.
        foreach (var host in (string[])["acme.shop.test.evil.test", "evil.acme.shop.test", "shop.test"])
        {
            var (status, text, _) = await web.GetAsync("/sum", member, ("Host", host));
            Assert.Equal((HttpStatusCode.BadRequest, "urn:howdah:no-tenant"), (status, Kind(text)));
        }
        // This is no host's name: the web server itself refuses it.
        Assert.Equal(HttpStatusCode.BadRequest, (await web.GetAsync("/sum", member, ("Host", ".shop.test"))).Status);
        // What nobody authenticated counts for nothing.
        Assert.Equal(HttpStatusCode.Unauthorized, (await web.GetAsync("/sum", null, ("X-Tenant", acme))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await web.GetAsync("/sum")).Status);
    }

    [Fact]
    public async Task Unknown_suspended_and_fenced_tenants_have_answers_of_their_own()
    {
        await using var web = await Web.StartAsync(All);
        var acme = web.Home.Acme.ToString();
        (string, string)[] user = [("tenant", acme)];
        foreach (var unknown in (string[])[Guid.NewGuid().ToString(), "nobody", "' or 1 = 1 --", new('x', 5000), Guid.Empty.ToString()])
        {
            var (status, text, _) = await web.GetAsync("/sum", [("tenant", unknown)]);
            Assert.Equal((HttpStatusCode.NotFound, "urn:howdah:unknown-tenant"), (status, Kind(text)));
        }
        Assert.Equal(HttpStatusCode.OK, (await web.GetAsync("/sum", user)).Status);
        // Known as active to the client already: the database says otherwise, in the middle of the endpoint.
        await web.Home.StateAsync(web.Home.Acme, "suspended");
        var suspended = await web.GetAsync("/sum", user);
        Assert.Equal((HttpStatusCode.Locked, "urn:howdah:suspended-tenant"), (suspended.Status, Kind(suspended.Text)));
        // And now before it.
        Assert.Equal(HttpStatusCode.Locked, (await web.GetAsync("/sum", user)).Status);
        await web.Home.StateAsync(web.Home.Acme, "fenced");
        var fenced = await web.GetAsync("/sum", user);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "urn:howdah:tenant-unavailable"), (fenced.Status, Kind(fenced.Text)));
        Assert.Equal(TimeSpan.FromSeconds(5), fenced.Response.Headers.RetryAfter?.Delta);
        Assert.DoesNotContain(acme, fenced.Text, StringComparison.Ordinal);
        await web.Home.StateAsync(web.Home.Acme, "active");
        Assert.Equal(HttpStatusCode.OK, (await web.GetAsync("/sum", user)).Status);
    }

    [Fact]
    public async Task Membership_can_be_asked_for_and_hidden()
    {
        await using var web = await Web.StartAsync(new()
        {
            Sources = [TenantSource.Claim("tenant"), TenantSource.Header("X-Tenant")],
            IsMember = static (context, tenant, _) => new(context.User.HasClaim("may", tenant.Id.ToString())),
            Conceal = true,
            SuspendedStatus = 403,
        });
        var acme = web.Home.Acme.ToString();
        Assert.Equal(HttpStatusCode.OK, (await web.GetAsync("/sum", [("may", acme)], ("X-Tenant", acme))).Status);
        // Asked also where a claim names the tenant; and what exists looks like what does not.
        var hidden = await web.GetAsync("/sum", [("tenant", acme)]);
        var missing = await web.GetAsync("/sum", [("tenant", "nobody")]);
        Assert.Equal((HttpStatusCode.NotFound, missing.Status), (hidden.Status, HttpStatusCode.NotFound));
        Assert.Equal(Kind(missing.Text), Kind(hidden.Text));
        await web.Home.StateAsync(web.Home.Acme, "suspended");
        Assert.Equal(HttpStatusCode.Forbidden, (await web.GetAsync("/sum", [("tenant", acme), ("may", acme)])).Status);
    }

    [Fact]
    public async Task A_header_alone_is_refused_before_there_is_an_application()
    {
        foreach (var source in (TenantSource[])[TenantSource.Header("X-Tenant"), TenantSource.Host("{tenant}.shop.test"),
            TenantSource.Route("tenant")])
        {
            var refused = await Assert.ThrowsAsync<ArgumentException>(() => Web.StartAsync(new() { Sources = [source] }));
            Assert.Contains("never believed alone", refused.Message, StringComparison.Ordinal);
        }
        await Assert.ThrowsAsync<ArgumentException>(() => Web.StartAsync(new()));
        Assert.Throws<ArgumentException>(() => TenantSource.Host("shop.test"));
    }

    [Fact]
    public async Task Endpoints_that_say_nothing_of_tenants_are_found_and_have_none()
    {
        var home = await Home.MakeAsync(18);
        void Forget(WebApplication app) => app.MapGet("/forgotten", static (TenantScope scope) => scope.Tenant is null ? "none" : "some");
        await using (var web = await Web.StartAsync(All, Forget, home))
        {
            Assert.Contains(web.Log, static line => line.Contains("RequireTenant", StringComparison.Ordinal)
                && line.Contains("/forgotten", StringComparison.Ordinal) && !line.Contains("/sum", StringComparison.Ordinal));
            foreach (var path in (string[])["/forgotten", "/open"])
                Assert.Equal("none", (await web.GetAsync(path, [("tenant", "acme")])).Text);
        }
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Web.StartAsync(All with { Unmarked = UnmarkedEndpoints.Refuse }, Forget, home));
        Assert.Contains("/forgotten", refused.Message, StringComparison.Ordinal);
        await using var marked = await Web.StartAsync(All with { Unmarked = UnmarkedEndpoints.Refuse }, home: home);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task The_log_names_the_tenant_only_where_that_is_allowed(bool allowed)
    {
        await using var web = await Web.StartAsync(All, told: allowed);
        var acme = web.Home.Acme.ToString();
        await web.GetAsync("/sum", [("tenant", acme)]);
        await web.Home.StateAsync(web.Home.Acme, "suspended");
        await web.GetAsync("/sum", [("tenant", acme)]);
        Assert.Contains(web.Log, static line => line.Contains("suspended-tenant", StringComparison.Ordinal));
        Assert.Equal(allowed, web.Log.Any(line => line.Contains(acme, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Health_is_the_registrys()
    {
        await using var web = await Web.StartAsync(All);
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await Health(web));
        await web.Home.RunAsync("alter function howdah.locate_name(text) rename to gone");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await Health(web));
    }

    [Fact]
    public async Task A_renamed_tenant_is_found_by_its_id_and_soon_by_its_new_name_only()
    {
        await using var web = await Web.StartAsync(All with { NamesKeptFor = TimeSpan.Zero });
        Assert.Equal(HttpStatusCode.OK, (await web.GetAsync("/sum", [("tenant", "acme")])).Status);
        await web.Home.RunAsync("update howdah.tenants set name = 'apex' where name = 'acme'");
        Assert.Equal(HttpStatusCode.NotFound, (await web.GetAsync("/sum", [("tenant", "acme")])).Status);
        Assert.Equal(HttpStatusCode.OK, (await web.GetAsync("/sum", [("tenant", "apex")])).Status);
    }

    static async Task<(HttpStatusCode, string)> Health(Web web)
    {
        var (status, text, _) = await web.GetAsync("/health");
        return (status, text);
    }

    static string? Kind(string problem) => JsonDocument.Parse(problem).RootElement.GetProperty("type").GetString();
}
