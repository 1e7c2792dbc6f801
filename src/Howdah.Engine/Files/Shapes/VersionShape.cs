using System.Globalization;
using System.Text.Json.Nodes;

namespace Howdah.Engine.Files;

/// <summary>The format version: a newer file needs a newer tool, and says so before anything else in it is judged.</summary>
sealed class VersionShape : ScalarShape<int>
{
    public override string Wants => EstateReader.FormatVersion.ToString(CultureInfo.InvariantCulture);

    public override JsonObject ToJsonSchema() => new() { ["const"] = EstateReader.FormatVersion };

    protected override int ReadScalar(ScalarNode node, Reading reading)
    {
        if (!int.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) || version < 1 || !node.Plain)
            reading.Error(Codes.Version, node, "`howdah` is the format version, a whole number", $"write howdah: {Wants}");
        else if (version > EstateReader.FormatVersion)
            reading.Error(Codes.Version, node, $"the file has format {version}; this tool reads up to {Wants}", "use a newer howdah");
        return version;
    }
}
