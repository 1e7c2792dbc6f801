using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Engine.Tests.Files;

/// <summary>Estates for tests of the reader, with a small pattern of their own: the engine knows none.</summary>
static class TestEstates
{
    internal const string Good =
        """
        howdah: 1
        estate: shop
        servers:
          main: { embedded: 18, port: 5433 }
        roles:
          shop_owner: {}
          shop_app: { login: true, password: "${generated}" }
        databases:
          shop:
            owner: shop_owner
            readers: [shop_app]
        environments:
          production: { servers: { main: { connection: "${env:SHOP_URL}" } } }

        """;

    sealed record Role(bool Login, SecretRef? Password, int Limit);

    sealed record Port(int Number);

    static readonly Shape<Role> RoleShape = Shapes.Object<Role>("a role", static keys =>
    {
        var login = keys.Optional("login", Shapes.Bool, false, "Whether it can log in.", "CREATE ROLE … LOGIN");
        var password = keys.Optional<SecretRef?>("password", Shapes.Secret(generated: true)!, null, "Its password.");
        var limit = keys.Optional("connection_limit", Shapes.Int(-1, 1000), -1, "How many connections it may hold.");
        return values => new(values.Get(login), values.Get(password), values.Get(limit));
    });

    static readonly Section<IReadOnlyDictionary<string, Role>> Roles =
        new(SectionScope.Estate, "roles", "The roles.", Shapes.Map(RoleShape, defines: "role"));

    static readonly Section<IReadOnlyList<string>> Readers =
        new(SectionScope.Database, "readers", "Who may read.", Shapes.List(Shapes.Ref("role", "public"), orSingle: true));

    static readonly Section<Port> Ports = new(SectionScope.Server, "port", "The port.",
        new NumberShape());

    internal static IReadOnlyList<Pattern> Patterns { get; } =
    [
        new Pattern<IReadOnlyList<string>, string>
        {
            Key = "readers",
            About = "Readers read.",
            Scope = PatternScope.Database,
            Sections = [Roles, Readers, Ports],
            Codes = [("HOW0901", "A role reads twice.")],
            Read = target => target.Database?.Get(Readers),
            Validate = spec => spec.Distinct().Count() == spec.Count
                ? []
                : [Diagnostic.Error("HOW0901", "a role reads twice", "databases.shop.readers", "name each once")],
            Inspect = static (_, _, _) => Task.FromResult(""),
            Diff = static (_, _) => new Delta([], []),
        },
    ];

    internal static Loaded Read(string text, string? environment = null) =>
        EstateReader.ReadText("estate.yaml", text, environment, Patterns);

    sealed class NumberShape : Shape<Port>
    {
        readonly Shape<int> inner = Shapes.Int(1, 65535);
        public override string Wants => inner.Wants;
        public override System.Text.Json.Nodes.JsonObject ToJsonSchema() => inner.ToJsonSchema();
        public override Port Read(Node node, Reading reading) => new(inner.Read(node, reading));
    }
}
