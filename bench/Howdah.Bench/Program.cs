// What is measured of the tool and the databases; each mode writes its own section of bench/RESULTS.md:
//   dotnet run -c Release --project bench/Howdah.Bench -- plan|move|tenants|partitions|check
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
    case ["check"]:
        await CheckBench.RunAsync();
        break;
    default:
        Console.Error.WriteLine("plan, move, tenants, partitions or check");
        return 1;
}
return 0;
