using System.Data.Common;
using System.Diagnostics;
using Howdah.Client.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;

namespace Howdah.Bench.Client;

/// <summary>The same reads through EF Core: with Howdah under the floor, and with a query filter by hand on an unprotected table.</summary>
static class EntityReads
{
    internal static async Task RunAsync(BenchHome home, Section section, double seconds, int rounds)
    {
        await using var bare = home.Bare();
        await using var tenants = home.Bound();
        var byHand = new PooledDbContextFactory<ByHand>(new DbContextOptionsBuilder<ByHand>().UseNpgsql(bare).Options);
        var byInterceptor = new PooledDbContextFactory<ByInterceptor>(new DbContextOptionsBuilder<ByInterceptor>().UseNpgsql(bare)
            .AddInterceptors(new ContextInterceptor()).Options);
        var bound = new PooledDbContextFactory<Bound>(new DbContextOptionsBuilder<Bound>().UseHowdah().Options);
        (string Name, Func<int, int, Task<int>> Read)[] ways =
        [
            ("filter by hand, a row", async (tenant, key) =>
            {
                await using var context = await byHand.CreateDbContextAsync();
                context.Tenant = BenchHome.Tenant(tenant);
                return await context.Rows.AsNoTracking().Where(row => row.Id == key).Select(static row => row.Id).SingleAsync();
            }),
            ("Howdah, a row", async (tenant, key) =>
            {
                await using var context = bound.CreateDbContext(tenants.For(BenchHome.Tenant(tenant)));
                return await context.Rows.AsNoTracking().Where(row => row.Id == key).Select(static row => row.Id).SingleAsync();
            }),
            ("filter by hand, an interceptor by hand that puts the context in front, a row", async (tenant, key) =>
            {
                await using var context = await byInterceptor.CreateDbContextAsync();
                context.Tenant = BenchHome.Tenant(tenant);
                return await context.Rows.AsNoTracking().Where(row => row.Id == key).Select(static row => row.Id).SingleAsync();
            }),
            ("filter by hand, a page of 50 tracked entities", async (tenant, _) =>
            {
                await using var context = await byHand.CreateDbContextAsync();
                context.Tenant = BenchHome.Tenant(tenant);
                return (await context.Rows.OrderBy(static row => row.Id).Take(50).ToListAsync()).Count;
            }),
            ("Howdah, a page of 50 tracked entities", async (tenant, _) =>
            {
                await using var context = bound.CreateDbContext(tenants.For(BenchHome.Tenant(tenant)));
                return (await context.Rows.OrderBy(static row => row.Id).Take(50).ToListAsync()).Count;
            }),
            ("filter by hand, an interceptor by hand that puts the context in front, a page of 50 tracked entities", async (tenant, _) =>
            {
                await using var context = await byInterceptor.CreateDbContextAsync();
                context.Tenant = BenchHome.Tenant(tenant);
                return (await context.Rows.OrderBy(static row => row.Id).Take(50).ToListAsync()).Count;
            }),
        ];
        section.Add("");
        section.Add("| way | clients | reads/s | against the filter by hand | client + server CPU | CPU against the filter by hand |");
        section.Add("|---|---|---|---|---|---|");
        foreach (var clients in (int[])[8, 1])
        {
            var rates = ways.Select(static _ => new List<double>()).ToArray();
            var costs = ways.Select(static _ => new List<double>()).ToArray();
            for (var round = 0; round <= rounds; round++)
            {
                for (var turn = 0; turn < ways.Length; turn++)
                {
                    var way = round % 2 == 0 ? turn : ways.Length - 1 - turn; // back and forth: no way gains by its place
                    var (rate, cost) = await OneAsync(home, ways[way].Read, clients, round == 0 ? 1 : seconds);
                    if (round == 0)
                        continue; // warms up
                    rates[way].Add(rate);
                    costs[way].Add(cost);
                }
            }
            for (var way = 0; way < ways.Length; way++)
            {
                var against = way / 3 * 3;
                var ratio = Section.Median(rates[way].Zip(rates[against], static (one, other) => one / other));
                var cost = Section.Median(costs[way].Zip(costs[against], static (one, other) => one / other));
                section.Add($"| {ways[way].Name} | {clients} | {Section.Median(rates[way]):N0} | {ratio:0.00} x | "
                    + $"{Section.Median(costs[way]):0} µs | {cost:0.00} x |");
            }
        }
    }

    static async Task<(double Rate, double Cost)> OneAsync(BenchHome home, Func<int, int, Task<int>> read, int clients, double seconds)
    {
        var (watch, cpu) = (Stopwatch.StartNew(), Cpu.Of(home.Server));
        var counts = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var random = new Random(client);
            var count = 0L;
            while (watch.Elapsed.TotalSeconds < seconds)
            {
                var key = random.Next(BenchHome.Tenants, BenchHome.Rows - BenchHome.Tenants);
                if (await read(key % BenchHome.Tenants, key) == 0)
                    throw new InvalidOperationException($"row {key} was not found");
                count++;
            }
            return count;
        })));
        return (counts.Sum() / watch.Elapsed.TotalSeconds, (Cpu.Of(home.Server) - cpu) / counts.Sum() * 1e6);
    }

    sealed class Row
    {
        public Guid TenantId { get; set; }
        public int Id { get; set; }
        public string? V { get; set; }
    }

    static void Map(ModelBuilder model, string table) => model.Entity<Row>(row =>
    {
        row.ToTable(table).HasKey(static one => new { one.TenantId, one.Id });
        row.Property(static one => one.TenantId).HasColumnName("tenant_id");
        row.Property(static one => one.Id).HasColumnName("id");
        row.Property(static one => one.V).HasColumnName("v");
    });

    abstract class Filtered(DbContextOptions options, string table) : DbContext(options)
    {
        internal Guid Tenant { get; set; }
        internal DbSet<Row> Rows => Set<Row>();

        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            Map(modelBuilder, table);
            modelBuilder.Entity<Row>().HasQueryFilter(row => row.TenantId == Tenant);
        }
    }

    sealed class ByHand(DbContextOptions<ByHand> options) : Filtered(options, "plain");

    /// <summary>The least that sets the context of a read, and nothing of what else Howdah sees to: what EF Core and Npgsql leave to be
    /// won.</summary>
    sealed class ByInterceptor(DbContextOptions<ByInterceptor> options) : Filtered(options, "floored");

    sealed class ContextInterceptor : DbCommandInterceptor
    {
        static readonly string Front = BenchHome.Context.Replace("$1", "@howdah_tenant", StringComparison.Ordinal) + ";\n";

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData,
            InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            command.CommandText = Front + command.CommandText;
            command.Parameters.Add(new NpgsqlParameter<string>("howdah_tenant", ((Filtered)eventData.Context!).Tenant.ToString()));
            return new(result);
        }

        public override async ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData,
            DbDataReader result, CancellationToken cancellationToken = default)
        {
            await result.NextResultAsync(cancellationToken);
            return result;
        }
    }

    sealed class Bound(DbContextOptions<Bound> options) : DbContext(options)
    {
        internal DbSet<Row> Rows => Set<Row>();

        protected override void OnModelCreating(ModelBuilder modelBuilder) => Map(modelBuilder, "floored");
    }
}
