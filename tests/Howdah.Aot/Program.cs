// What the client's tests publish ahead of time and run against a server: connection string, key, a tenant's id. Prints what it read.
using Howdah.Client;

await using var tenants = new TenantDataSource(new() { ConnectionString = args[0], Key = args[1] });
await tenants.CheckAsync();
var tenant = tenants.For(Guid.Parse(args[2]));
await using var connection = await tenant.OpenConnectionAsync();
await using (var import = await connection.BeginImportAsync("orders", ["tenant_id", "id", "total"]))
{
    for (var i = 0L; i < 3; i++)
    {
        await import.StartRowAsync();
        import.Write(tenant.Id);
        import.Write(100 + i);
        import.Write(5);
    }
    await import.CompleteAsync();
}
await using (var transaction = await connection.BeginTransactionAsync())
{
    await using var update = connection.CreateCommand();
    update.CommandText = "update orders set total = total + @more where tenant_id = @tenant and id = @id";
    update.Parameters.Add(new() { ParameterName = "more", Value = 1 });
    update.Parameters.Add(new() { ParameterName = "tenant", Value = tenant.Id });
    update.Parameters.Add(new() { ParameterName = "id", Value = 100L });
    await update.ExecuteNonQueryAsync();
    await transaction.CommitAsync();
}
await using var sum = tenant.CreateCommand("select count(*), sum(total) from orders");
await using var reader = await sum.ExecuteReaderAsync();
await reader.ReadAsync();
Console.WriteLine($"{reader.GetInt64(0)} {reader.GetInt64(1)}");
