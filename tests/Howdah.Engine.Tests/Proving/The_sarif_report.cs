using System.Text.Json;
using Howdah.Engine.Proving.Reports;
using Xunit;

namespace Howdah.Engine.Tests.Proving;

/// <summary>What the SARIF 2.1.0 schema asks of the objects we write; and the whole schema where npm can fetch it.</summary>
public sealed class The_sarif_report
{
    static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["log"] = ["$schema", "version", "runs"],
        ["run"] = ["tool", "invocations", "results", "columnKind", "properties"],
        ["driver"] = ["name", "version", "rules"],
        ["rule"] = ["id", "shortDescription", "fullDescription", "help", "helpUri", "defaultConfiguration", "properties"],
        ["invocation"] = ["executionSuccessful", "endTimeUtc", "account", "toolExecutionNotifications"],
        ["result"] =
        [
            "ruleId", "ruleIndex", "kind", "level", "message", "locations", "partialFingerprints", "baselineState", "suppressions",
        ],
        ["location"] = ["physicalLocation", "logicalLocations"],
    };

    [Fact]
    public async Task is_valid_by_the_schema_of_the_standard()
    {
        var token = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("howdah-sarif-");
        try
        {
            var files = new List<string>();
            foreach (var name in Proofs.Hostile.Append("store.orders"))
                files.Add(await WriteAsync(SarifReport.Write(Proofs.Full(name))));
            files.Add(await WriteAsync(SarifReport.Write(Proofs.Of() with { Fingerprint = null })));
            Assert.Empty(await SarifSchema.ErrorsAsync([.. files], token));
            // The validator can fail.
            var wrong = await WriteAsync(SarifReport.Write(Proofs.Full("store.orders")).Replace("\"level\": \"error\"",
                "\"level\": \"grave\"", StringComparison.Ordinal));
            Assert.Contains(await SarifSchema.ErrorsAsync([wrong], token),
                static line => line.Contains("/level", StringComparison.Ordinal));

            async Task<string> WriteAsync(string text)
            {
                var file = Path.Combine(folder.FullName, $"{folder.GetFiles().Length}.sarif");
                await File.WriteAllTextAsync(file, text, token);
                return file;
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void is_as_the_standard_says()
    {
        foreach (var name in Proofs.Hostile.Append("store.orders"))
        {
            var proof = Proofs.Full(name);
            using var json = JsonDocument.Parse(SarifReport.Write(proof));
            var log = Only("log", json.RootElement);
            Assert.Equal("2.1.0", log.GetProperty("version").GetString());
            var run = Only("run", Assert.Single(log.GetProperty("runs").EnumerateArray()));
            var driver = Only("driver", run.GetProperty("tool").GetProperty("driver"));
            Assert.Equal(("howdah", "0.1.0"), (driver.GetProperty("name").GetString(), driver.GetProperty("version").GetString()));
            var rules = driver.GetProperty("rules").EnumerateArray().Select(static rule => Only("rule", rule)).ToList();
            Assert.All(rules, Rule);
            Assert.Distinct(rules.Select(static rule => rule.GetProperty("id").GetString()));
            Assert.All(run.GetProperty("invocations").EnumerateArray(), static each => Only("invocation", each));
            var results = run.GetProperty("results").EnumerateArray().Select(static result => Only("result", result)).ToList();
            Assert.Equal(proof.Findings.Count, results.Count);
            Assert.All(results, result => Result(result, rules));
        }
    }

    [Fact]
    public void points_at_the_file_a_finding_comes_from()
    {
        using var json = JsonDocument.Parse(SarifReport.Write(Proofs.Of(Proofs.Finding("TEN-A01", "t") with
        {
            File = "migrations/0001 täbles.sql", Line = 12,
        })));
        var place = json.RootElement.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("locations")[0]
            .GetProperty("physicalLocation");
        Assert.Equal("migrations/0001%20t%C3%A4bles.sql", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal(12, place.GetProperty("region").GetProperty("startLine").GetInt32());
    }

    [Theory]
    [InlineData("https://a.example/x (why)", "https://a.example/x")]
    [InlineData("pgrls; https://a.example/x; CVE-2019-10130", "https://a.example/x")]
    [InlineData("CVE-2019-10130: statistics", "https://www.postgresql.org/support/security/CVE-2019-10130/")]
    [InlineData("Howdah", null)]
    public void links_to_where_an_attack_is_known_from(string source, string? link) => Assert.Equal(link, SarifReport.Link(source));

    static void Rule(JsonElement rule)
    {
        foreach (var key in (string[])["shortDescription", "fullDescription", "help"])
            Assert.NotEmpty(rule.GetProperty(key).GetProperty("text").GetString()!);
        Assert.True(Uri.TryCreate(rule.GetProperty("helpUri").GetString(), UriKind.Absolute, out _));
        Assert.Contains(rule.GetProperty("defaultConfiguration").GetProperty("level").GetString(), (string[])["error", "warning", "note"]);
        Assert.InRange(double.Parse(rule.GetProperty("properties").GetProperty("security-severity").GetString()!,
            System.Globalization.CultureInfo.InvariantCulture), 0.1, 10);
    }

    static void Result(JsonElement result, List<JsonElement> rules)
    {
        var rule = rules[result.GetProperty("ruleIndex").GetInt32()];
        Assert.Equal(rule.GetProperty("id").GetString(), result.GetProperty("ruleId").GetString());
        var kind = result.GetProperty("kind").GetString();
        Assert.Contains(kind, (string[])["pass", "fail", "review", "informational", "notApplicable"]);
        // Section 3.27.10: a level other than none asks for the kind fail.
        Assert.Equal(kind != "fail", result.GetProperty("level").GetString() == "none");
        Assert.NotEmpty(result.GetProperty("message").GetProperty("text").GetString()!);
        Assert.Contains(result.GetProperty("baselineState").GetString(), (string[])["new", "unchanged"]);
        var location = Only("location", Assert.Single(result.GetProperty("locations").EnumerateArray()));
        Assert.NotEmpty(location.GetProperty("logicalLocations").EnumerateArray());
        if (location.TryGetProperty("physicalLocation", out var place))
            Assert.True(Uri.TryCreate(place.GetProperty("artifactLocation").GetProperty("uri").GetString(), UriKind.Relative, out _));
        foreach (var suppression in result.TryGetProperty("suppressions", out var all) ? all.EnumerateArray().ToArray() : [])
        {
            Assert.Equal("external", suppression.GetProperty("kind").GetString());
            Assert.Equal("accepted", suppression.GetProperty("status").GetString());
        }
    }

    static JsonElement Only(string kind, JsonElement json)
    {
        Assert.All(json.EnumerateObject(), property => Assert.Contains(property.Name, Allowed[kind]));
        return json;
    }
}
