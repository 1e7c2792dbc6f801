using System.Net;
using Howdah.Client;
using Howdah.Client.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Howdah.Storefront.Tests;

/// <summary>The same application for franchises in all three models, used and attacked over HTTP.</summary>
public sealed class The_storefront
{
    [Theory, InlineData(15), InlineData(18)]
    public async Task Serves_every_franchise_and_gives_none_away(int major)
    {
        await using var front = await Front.StartAsync(major, MapSql);
        foreach (var name in front.Ids.Keys)
            await front.FillAsync(name);
        foreach (var name in Front.Names)
        {
            var token = await front.SignInAsync(name);
            var other = "Other" + name;
            await ReadsItsOwnAsync(front, name, token);
            await NamingAnotherAsync(front, name, other, token);
            await WritingToAnotherAsync(front, name, other, token);
            await InjectingAsync(front, name, other, token);
        }
        await ForgingAsync(front);
        // Nothing of all that changed anything of the others.
        foreach (var name in Front.Names)
            await ReadsItsOwnAsync(front, "Other" + name, await front.SignInAsync("Other" + name));
    }

    static async Task ReadsItsOwnAsync(Front front, string name, string token)
    {
        Assert.Equal((HttpStatusCode.OK, $$"""[{"id":"c1","name":"secret of {{name}}","segment":"{{name}}"}]"""),
            await front.GetAsync(token, "/shop/customers"));
        var (status, order) = await front.GetAsync(token, "/shop/orders/o1");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains($"secret of {name}", order, StringComparison.Ordinal);
        Assert.Equal($$"""[{"category":"cat {{name}}","lines":1,"sales":9.5}]""", (await front.GetAsync(token, "/shop/report")).Text);
    }

    static async Task NamingAnotherAsync(Front front, string name, string other, string token)
    {
        var id = front.Ids[other];
        // In headers, by name and id, in whatever case: the token says who.
        foreach (var called in (string[])[other, id.ToString(), id.ToString().ToUpperInvariant(), id.ToString("B"), "nobody",
            $"{name},{other}"])
        {
            var (status, text) = await front.GetAsync(token, "/shop/customers", ("X-Tenant", called));
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        }
        // Its own in other words is its own.
        Assert.Equal(HttpStatusCode.OK, (await front.GetAsync(token, "/shop/customers",
            ("X-Tenant", front.Ids[name].ToString().ToUpperInvariant()))).Status);
        foreach (var header in (string[])["Host", "X-Forwarded-Host", "X-Original-Host", "Forwarded", "X-Tenant-Id", "Tenant", "Cookie"])
        {
            var (status, text) = await front.GetAsync(token, "/shop/customers", (header,
                header == "Cookie" ? $"tenant={id}" : $"{other}.shop"));
            Assert.DoesNotContain($"secret of {other}", text, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, status);
        }
        // In paths and filters: ids of the other's rows, and its tenant's.
        foreach (var path in (string[])[$"/shop/customers?tenantId={id}", $"/shop/customers?tenant_id={id}&TenantId={id}",
            $"/shop/customers/{id}", $"/shop/customers?segment={other}", "/shop/customers?skip=1", $"/shop/orders/{id}",
            "/shop/customers?skip=-1", $"/shop/customers/..%2f..%2f{other}"])
        {
            var (_, text) = await front.GetAsync(token, path);
            Assert.DoesNotContain($"secret of {other}", text, StringComparison.Ordinal);
        }
    }

    static async Task WritingToAnotherAsync(Front front, string name, string other, string token)
    {
        var id = front.Ids[other];
        // Mass assignment of the tenant, in the body of a careless endpoint and of a careful one.
        foreach (var spelled in (string[])[id.ToString(), id.ToString().ToUpperInvariant()])
        {
            var product = new { tenantId = spelled, productId = "p1", productName = "Chair", category = "taken", subCategory = "s" };
            foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put])
            {
                var (status, text) = await front.SendAsync(token, method, "/shop/products", product);
                Assert.Equal(HttpStatusCode.BadRequest, status);
                Assert.DoesNotContain(id.ToString(), text, StringComparison.OrdinalIgnoreCase);
            }
        }
        Assert.Equal(HttpStatusCode.Created, (await front.SendAsync(token, HttpMethod.Post, "/shop/customers",
            new { tenantId = id, tenant_id = id, id = "c2", name = "mine", segment = "x" })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await front.SendAsync(token, HttpMethod.Delete, "/shop/customers/c2")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await front.SendAsync(token, HttpMethod.Delete, "/shop/customers/c9")).Status);
        // The same key as the other's row is a row of one's own: neither a conflict nor a hint.
        Assert.Equal(HttpStatusCode.NoContent, (await front.SendAsync(token, HttpMethod.Put, "/shop/customers/c1",
            new { id = "c1", name = $"secret of {name}", segment = name })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await front.SendAsync(token, HttpMethod.Post, "/shop/customers",
            new { id = "c1", name = "again", segment = "x" })).Status);
    }

    static async Task InjectingAsync(Front front, string name, string other, string token)
    {
        var id = front.Ids[other];
        foreach (var text in (string[])[$"name; select set_config('howdah.tenant', '{id}', false)", "customer_name desc", "1) --", "'"])
        {
            var escaped = Uri.EscapeDataString(text);
            Assert.Equal(HttpStatusCode.BadRequest, (await front.GetAsync(token, $"/shop/customers?sort={escaped}")).Status);
            Assert.Equal("[]", (await front.GetAsync(token, $"/shop/customers?segment={escaped}")).Text);
        }
        // An endpoint that runs any SQL: the whole table, the other's rows by name and through a union, another tenant as one reads.
        foreach (var sql in (string[])["select customer_name from customers",
            $"select customer_name from customers where tenant_id = '{id}' or true",
            "select '' union all select customer_name from customers order by 1",
            $"select customer_name || set_config('howdah.tenant', '{id}', true) from customers",
            "update customers set segment = segment returning customer_name", "delete from order_lines where row_id = 9 returning order_id",
        ])
        {
            var (status, text) = await front.SendAsync(token, HttpMethod.Post, "/sql", new { sql });
            Assert.DoesNotContain($"secret of {other}", text, StringComparison.Ordinal);
            Assert.True(status is HttpStatusCode.OK, $"{sql}: {status} {text}");
        }
        // Who may write SQL can forge a plain context: in rows only signed ones hold against it. A place of one's own does anyway.
        foreach (var sql in name == "Rows" ? [] : (string[])[
            $"select set_config('howdah.tenant', '{id}', true); select customer_name from customers",
            $"select c.customer_name from (select set_config('howdah.tenant', '{id}', true)) x, customers c"])
        {
            var (_, text) = await front.SendAsync(token, HttpMethod.Post, "/sql", new { sql });
            Assert.DoesNotContain($"secret of {other}", text, StringComparison.Ordinal);
        }
    }

    static async Task ForgingAsync(Front front)
    {
        var token = await front.SignInAsync("Rows");
        Assert.Equal(HttpStatusCode.Unauthorized, (await front.GetAsync(null, "/shop/customers", ("X-Tenant", "Rows"))).Status);
        var bent = token[..^8] + (token[^8] == 'A' ? 'B' : 'A') + token[^7..];
        foreach (var forged in (string[])[bent, "CfDJ8" + token, "eyJhbGciOiJub25lIn0.eyJ0ZW5hbnQiOiJSb3dzIn0.", "x"])
            Assert.Equal(HttpStatusCode.Unauthorized, (await front.GetAsync(forged, "/shop/customers", ("X-Tenant", "Rows"))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await front.SendAsync(null, HttpMethod.Post, "/sign-in",
            new { name = "Rows", password = "p-Schemas" })).Status);
        // Who belongs to two says which, and only of the two.
        var both = await front.SignInAsync("both");
        Assert.Equal(HttpStatusCode.BadRequest, (await front.GetAsync(both, "/shop/customers")).Status);
        foreach (var name in (string[])["Rows", "Schemas"])
            Assert.Contains($"secret of {name}", (await front.GetAsync(both, "/shop/customers", ("X-Tenant", name))).Text,
                StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await front.GetAsync(both, "/shop/customers", ("X-Tenant", "Databases"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await front.GetAsync(both, "/shop/customers", ("X-Tenant", "nobody"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await front.GetAsync(both, "/shop/customers",
            ("X-Tenant", Guid.NewGuid().ToString()))).Status);
        Assert.Equal("Healthy", (await front.GetAsync(null, "/health")).Text);
    }

    /// <summary>What no application should have: it shows what the database holds where the application does not.</summary>
    static void MapSql(WebApplication app) => app.MapPost("/sql", static async (Injected given, StoreContext store, Tenant tenant) =>
    {
        _ = tenant;
        await using var command = store.GetCommand(given.Sql);
        await using var reader = await command.ExecuteReaderAsync();
        var seen = new List<string>();
        do
        {
            while (await reader.ReadAsync())
                seen.Add(reader.GetValue(0).ToString()!);
        }
        while (await reader.NextResultAsync());
        return Results.Ok(seen);
    }).RequireTenant().RequireAuthorization();
}

sealed record Injected(string Sql);

static class Raw
{
    internal static System.Data.Common.DbCommand GetCommand(this StoreContext store, string sql)
    {
        store.Database.OpenConnection();
        var command = store.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
