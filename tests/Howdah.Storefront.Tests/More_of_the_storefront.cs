using System.Net;
using Xunit;

namespace Howdah.Storefront.Tests;

/// <summary>Attacks by way of what stands between a request and the database: caches, versions, cursors, batches, connections that others
/// had before. Each wins where somebody forgot, so that it says something where it does not.</summary>
public sealed class More_of_the_storefront
{
    [Theory, InlineData(15), InlineData(18)]
    public async Task Gives_nobody_away_by_what_stands_between(int major)
    {
        await using var front = await Front.StartAsync(major, Careless.Map, Careless.Add, pool: 1);
        foreach (var name in front.Ids.Keys)
            await front.FillAsync(name);
        foreach (var name in Front.Names)
        {
            var (other, token, others) = ("Other" + name, await front.SignInAsync(name), await front.SignInAsync("Other" + name));
            await CachesAsync(front, name, other, token, others);
            await VersionsAsync(front, name, other, token, others);
            await NamedAsync(front, name, other, token);
            await BatchesAsync(front, name, other, token, others);
            await TurnsAsync(front, name, other, token, others);
        }
        await SessionsAsync(front);
    }

    static async Task CachesAsync(Front front, string name, string other, string token, string others)
    {
        foreach (var cache in (string[])["cached", "memory"])
        {
            // One after the other, and again, when both are in the cache.
            foreach (var _ in (int[])[1, 2])
            {
                Assert.Equal((HttpStatusCode.OK, $"secret of {other}"), await front.GetAsync(others, $"/more/{cache}"));
                Assert.Equal((HttpStatusCode.OK, $"secret of {name}"), await front.GetAsync(token, $"/more/{cache}"));
            }
            await front.GetAsync(others, $"/careless/{cache}?of={name}");
            var seen = (await front.GetAsync(token, $"/careless/{cache}?of={name}")).Text;
            Assert.True(seen.StartsWith("secret of Other", StringComparison.Ordinal),
                $"a forgotten tenant does no harm in {cache}: {seen}");
        }
    }

    static async Task VersionsAsync(Front front, string name, string other, string token, string others)
    {
        var mine = await front.TagAsync(token, "/more/customers/c1");
        var theirs = await front.TagAsync(others, "/more/customers/c1");
        Assert.NotEqual(mine, theirs);
        // The other's version is neither taken for one's own nor good for a change.
        Assert.Equal((HttpStatusCode.OK, $"\"secret of {name}\""),
            await front.GetAsync(token, "/more/customers/c1", ("If-None-Match", theirs)));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await front.SendAsync(token, HttpMethod.Put,
            "/more/customers/c1?segment=taken", null, ("If-Match", theirs))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await front.SendAsync(token, HttpMethod.Put, $"/more/customers/c1?segment={name}",
            null, ("If-Match", mine))).Status);
        var careless = await front.TagAsync(others, "/careless/customers/c1");
        Assert.Equal(HttpStatusCode.NotModified, (await front.GetAsync(token, "/careless/customers/c1",
            ("If-None-Match", careless))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await front.SendAsync(token, HttpMethod.Put, $"/careless/customers/c1?segment={name}",
            null, ("If-Match", careless))).Status);
        // A cursor of the other's.
        var cursor = Uri.EscapeDataString($"{front.Ids[other]} c0");
        Assert.Equal((HttpStatusCode.OK, $"secret of {name}"), await front.GetAsync(token, $"/more/page?after={cursor}"));
        Assert.Equal((HttpStatusCode.OK, $"secret of {other}"), await front.GetAsync(token, $"/careless/page?after={cursor}"));
    }

    static async Task NamedAsync(Front front, string name, string other, string token)
    {
        var id = front.Ids[other];
        var filter = Uri.EscapeDataString($"tenantId eq '{id}'");
        foreach (var query in (string[])[$"$filter={filter}", "$orderby=tenantId desc", $"filter[tenant_id]={id}", $"tenant={other}",
            "$expand=tenant&$select=tenantId", $"segment=x' or tenant_id='{id}", "sort=name&sort=tenantId"])
        {
            var (status, text) = await front.GetAsync(token, $"/shop/customers?{query}", ("X-Tenant-Id", $"{id}"), ("X-Forwarded-Host",
                $"{other}.shop"), ("X-HTTP-Method-Override", "DELETE"));
            Assert.DoesNotContain(other, text, StringComparison.Ordinal);
            Assert.DoesNotContain($"{id}", text, StringComparison.OrdinalIgnoreCase);
            Assert.True(status is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{query}: {status}");
        }
        Assert.Equal($"secret of {other}", (await front.GetAsync(token, $"/careless/of/{id}")).Text);
        Assert.Equal($"secret of {other}", (await front.GetAsync(token, $"/careless/of?$filter={filter}")).Text);
        Assert.Equal($"secret of {other}", (await front.GetAsync(token, "/careless/of", ("X-Tenant-Id", $"{id}"))).Text);
        Assert.Equal($"secret of {other}", (await front.SendAsync(token, HttpMethod.Post, "/careless/of", Product(id, "p1"))).Text);
    }

    static object Product(Guid tenant, string id) =>
        new { tenantId = tenant, productId = id, productName = "Chair", category = "taken", subCategory = "s" };

    static async Task BatchesAsync(Front front, string name, string other, string token, string others)
    {
        var (id, own) = (front.Ids[other], front.Ids[name]);
        // One foreign row among one's own: nothing of the batch stays.
        Assert.Equal(HttpStatusCode.BadRequest, (await front.SendAsync(token, HttpMethod.Post, "/more/batch",
            new[] { Product(own, "b1"), Product(id, "b2"), Product(Guid.Empty, "b3") })).Status);
        Assert.Equal((HttpStatusCode.OK, "2"), await front.SendAsync(token, HttpMethod.Post, "/more/batch",
            new[] { Product(own, "b1"), Product(Guid.Empty, "b3") }));
        Assert.Equal((HttpStatusCode.OK, "1"), await front.SendAsync(token, HttpMethod.Post, $"/more/batch/segment?segment={name}"));
        Assert.Equal((HttpStatusCode.OK, "0"), await front.SendAsync(token, HttpMethod.Post, $"/more/batch/delete?of={id}"));
        // One's own rows cannot be pushed onto another either.
        Assert.NotEqual(HttpStatusCode.OK, (await front.SendAsync(token, HttpMethod.Post, $"/more/batch/move?to={id}")).Status);
        Assert.Equal($$"""[{"id":"c1","name":"secret of {{other}}","segment":"{{other}}"}]""",
            (await front.GetAsync(others, "/shop/customers")).Text);
        Assert.Equal($$"""[{"category":"cat {{other}}","lines":1,"sales":9.5}]""", (await front.GetAsync(others, "/shop/report")).Text);
    }

    // Both at once on one connection each place has (in rows both share it), every third request given up in the middle.
    static async Task TurnsAsync(Front front, string name, string other, string token, string others)
    {
        await Task.WhenAll(Enumerable.Range(0, 18).Select(async at =>
        {
            var (who, by) = at % 2 == 0 ? (name, token) : (other, others);
            if (at % 3 != 0)
            {
                Assert.Equal((HttpStatusCode.OK, $"secret of {who}"), await front.GetAsync(by, "/more/slow"));
                return;
            }
            using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(at * 3));
            try
            {
                Assert.Equal((HttpStatusCode.OK, $"secret of {who}"),
                    await front.SendAsync(by, HttpMethod.Get, "/more/slow", null, cancel.Token));
            }
            catch (OperationCanceledException)
            {
                // Given up; what it held is somebody else's next.
            }
        }));
        foreach (var (who, by) in ((string, string)[])[(other, others), (name, token)])
            Assert.Equal((HttpStatusCode.OK, $"secret of {who}"), await front.GetAsync(by, "/more/slow"));
    }

    // The context of a session stays with the connection: who comes next and says nothing is who was there before.
    static async Task SessionsAsync(Front front)
    {
        foreach (var (user, told) in ((string, string)[])[("OtherRows", "true"), ("Rows", "false")])
            Assert.Equal("secret of OtherRows", (await front.GetAsync(await front.SignInAsync(user),
                $"/careless/session?told={told}")).Text);
    }
}
