using System.Globalization;
using System.Text;
using System.Text.Json;
using Howdah.Patterns.Migrations;
using Howdah.Patterns.Tenancy.Fanout;

namespace Howdah.Cli.Output;

/// <summary>Which migrations ran at home and how far tenants' places are: lines of CSV, or one JSON document.</summary>
sealed class MigrationReport(bool json)
{
    readonly List<(string Database, IReadOnlyList<MigrationStatus> Migrations, IReadOnlyList<PlaceStatus> Places)> databases = [];

    internal void Add(string database, IReadOnlyList<MigrationStatus> migrations, IReadOnlyList<PlaceStatus> places) =>
        databases.Add((database, migrations, places));

    internal string Text() => json ? Json(Write) : Lines();

    // Who is up to date is a number; who is behind has a name.
    string Lines()
    {
        var text = new StringBuilder();
        foreach (var (database, migrations, places) in databases)
        {
            foreach (var migration in migrations)
                Line(database, migration.Name, migration.State, migration.At?.ToString("u", CultureInfo.InvariantCulture) ?? "");
            foreach (var place in places.Where(static place => place.Behind > 0))
                Line(database, $"tenant {place.Tenant}", place.Moving ? "moving" : "behind",
                    $"{(place.Version.Length > 0 ? place.Version : "nothing")} ran last; it lacks {place.Behind}");
            if (places.Count > 0)
                Line(database, "tenants", $"{places.Count(static place => place.Behind == 0)} of {places.Count} up to date", "");
        }
        return text.ToString();

        void Line(params ReadOnlySpan<string> cells) => text.AppendJoin(',', cells).Append('\n');
    }

    void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("databases");
        foreach (var (database, migrations, places) in databases)
        {
            writer.WriteStartObject();
            writer.WriteString("database", database);
            writer.WriteStartArray("migrations");
            foreach (var migration in migrations)
            {
                writer.WriteStartObject();
                writer.WriteString("name", migration.Name);
                writer.WriteString("state", migration.State);
                if (migration.At is { } at)
                    writer.WriteString("at", at);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteStartArray("tenants");
            foreach (var place in places)
                Write(writer, place);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    static void Write(Utf8JsonWriter writer, PlaceStatus place)
    {
        writer.WriteStartObject();
        writer.WriteString("tenant", place.Tenant);
        writer.WriteString("model", place.Model);
        writer.WriteString("server", place.Server);
        writer.WriteString("place", place.Place);
        writer.WriteString("version", place.Version);
        writer.WriteNumber("behind", place.Behind);
        writer.WriteBoolean("moving", place.Moving);
        writer.WriteEndObject();
    }

    /// <summary>What running migrations in tenants' places came to, as JSON.</summary>
    internal static string Json(FanoutReport report) => Json(writer =>
    {
        writer.WriteNumber("places", report.Places);
        writer.WriteNumber("done", report.Done);
        writer.WriteNumber("behind", report.Left);
        writer.WriteStartArray("failed");
        foreach (var failure in report.Failed)
        {
            writer.WriteStartObject();
            writer.WriteString("tenant", failure.Tenant);
            writer.WriteString("place", failure.Place);
            writer.WriteString("migration", failure.Migration);
            writer.WriteString("why", failure.Why);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("moving");
        foreach (var tenant in report.Moving)
            writer.WriteStringValue(tenant);
        writer.WriteEndArray();
    });

    static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
