// What is measured of the tool and the databases; each mode writes its own section of bench/RESULTS.md:
//   dotnet run -c Release --project bench/Howdah.Bench -- plan|move|tenants|schemas TENANTS [MAJOR]|partitions|check|
//     dimension MEMBERS ROUNDS|rollup ROWS ROUNDS|streams FLIGHTS.parquet ROUNDS|fact ROWS ROUNDS|convert [--rows N]|
//     load FLIGHTS.csv [MAJOR [ROUNDS]]|
//     parquet FLIGHTS.parquet [MAJOR [ROUNDS]]
using System.Globalization;
using Howdah.Bench;

switch (args)
{
    case [] or ["plan"]:
        await PlanBench.RunAsync();
        break;
    case ["move"]:
        await MoveBench.RunAsync();
        break;
    case ["tenants"]:
        await TenantsBench.RunAsync();
        break;
    case ["partitions"]:
        await PartitionsBench.RunAsync();
        break;
    case ["dimension", var members, var rounds]:
        await DimensionBench.RunAsync(int.Parse(members, CultureInfo.InvariantCulture), int.Parse(rounds, CultureInfo.InvariantCulture));
        break;
    case ["rollup", var rows, var rounds]:
        await RollupBench.RunAsync(int.Parse(rows, CultureInfo.InvariantCulture), int.Parse(rounds, CultureInfo.InvariantCulture));
        break;
    case ["fact", var rows, var rounds]:
        await FactBench.RunAsync(int.Parse(rows, CultureInfo.InvariantCulture), int.Parse(rounds, CultureInfo.InvariantCulture));
        break;
    case ["check"]:
        await CheckBench.RunAsync();
        break;
    case ["convert"]:
        await ConvertBench.RunAsync(20_000_000);
        break;
    case ["convert", "--rows", var rows]:
        await ConvertBench.RunAsync(int.Parse(rows, CultureInfo.InvariantCulture));
        break;
    case ["load", var file, .. var how]:
        await LoadBench.RunAsync(file, how is [var major, ..] ? int.Parse(major, CultureInfo.InvariantCulture) : 18,
            how is [_, var times] ? int.Parse(times, CultureInfo.InvariantCulture) : 5);
        break;
    case ["parquet", var file, .. var how]:
        await ParquetBench.RunAsync(file, how is [var version, ..] ? int.Parse(version, CultureInfo.InvariantCulture) : 18,
            how is [_, var many] ? int.Parse(many, CultureInfo.InvariantCulture) : 5);
        break;
    case ["schemas", var tenants, .. var more]:
        await SchemasBench.RunAsync(int.Parse(tenants, CultureInfo.InvariantCulture),
            more is [var at] ? int.Parse(at, CultureInfo.InvariantCulture) : 18);
        break;
    case ["streams", var flights, var rounds]:
        await StreamsBench.RunAsync(flights, int.Parse(rounds, CultureInfo.InvariantCulture));
        break;
    case ["spares", .. var on]:
        await TenantsBench.SparesAsync(on is [var of] ? int.Parse(of, CultureInfo.InvariantCulture) : 18);
        break;
    default:
        Console.Error.WriteLine("plan, move, tenants, schemas TENANTS [MAJOR], spares [MAJOR], "
            + "partitions, check, dimension MEMBERS ROUNDS, rollup ROWS ROUNDS, fact ROWS ROUNDS, "
            + "streams FLIGHTS.parquet ROUNDS, convert [--rows N], "
            + "load FLIGHTS.csv [MAJOR [ROUNDS]] or parquet FLIGHTS.parquet [MAJOR [ROUNDS]]");
        return 1;
}
return 0;
