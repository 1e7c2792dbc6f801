using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Howdah.Client;

/// <summary>What the client tells of itself; Npgsql's own source tells of statements.</summary>
static class Telemetry
{
    internal const string Name = "Howdah.Client";
    static readonly ActivitySource Source = new(Name);
    static readonly Meter Meter = new(Name);
    static readonly UpDownCounter<long> InUse = Meter.CreateUpDownCounter<long>("howdah.client.connections.used", "{connection}",
        "Connections that tenants hold.");
    static readonly UpDownCounter<long> Places = Meter.CreateUpDownCounter<long>("howdah.client.places", "{place}",
        "Data sources kept open, one a place.");
    static readonly Histogram<double> Wait = Meter.CreateHistogram<double>("howdah.client.wait", "s",
        "Time spent waiting for a connection's turn.");
    static readonly Counter<long> Refused = Meter.CreateCounter<long>("howdah.client.refused", "{refusal}",
        "Tenants not served, by reason.");
    static readonly Counter<long> Moved = Meter.CreateCounter<long>("howdah.client.relocations", "{relocation}",
        "Times that a tenant was looked for again because the server said so.");

    internal static void Taken() => InUse.Add(1);

    internal static void Given() => InUse.Add(-1);

    internal static void Opened() => Places.Add(1);

    internal static void Closed() => Places.Add(-1);

    internal static void Waited(TimeSpan time) => Wait.Record(time.TotalSeconds);

    internal static TException Refuse<TException>(TException why) where TException : TenantException
    {
        if (Refused.Enabled)
            Refused.Add(1, new KeyValuePair<string, object?>("error.type", typeof(TException).Name));
        return why;
    }

    internal static Activity? Locate(Guid? tenant)
    {
        var activity = Source.StartActivity("howdah locate", ActivityKind.Client);
        return tenant is { } id ? activity?.SetTag("howdah.tenant", id) : activity;
    }

    internal static Activity? Relocate(Guid? tenant, string because)
    {
        Moved.Add(1);
        var activity = Source.StartActivity("howdah relocate");
        activity?.SetTag("db.response.status_code", because);
        return tenant is { } id ? activity?.SetTag("howdah.tenant", id) : activity;
    }
}
