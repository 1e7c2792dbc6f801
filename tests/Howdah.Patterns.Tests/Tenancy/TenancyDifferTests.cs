using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy;
using Howdah.Patterns.Tenancy.Registry;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy;

/// <summary>The differ on facts that no server was asked for; <see cref="Tenancy_on_a_server"/> shows that the facts are as here.</summary>
public sealed class TenancyDifferTests
{
    static readonly QName Orders = new("app", "orders");
    static readonly QName Notes = new("app", "notes");

    [Fact]
    public void What_is_as_declared_needs_nothing()
    {
        var delta = TenancyDiffer.Diff(Spec(), Made(Spec()));
        Assert.Empty(delta.Steps);
        Assert.Empty(delta.Notes);
    }

    [Fact]
    public void What_is_not_there_is_made_with_the_floor_before_the_base()
    {
        var facts = Made(Spec()) with { Tables = Tables(new(false, false, "uuid", true)), Policies = [] };
        Assert.Collection(Step(facts, "app.orders/floor").Sql.Select(static each => each.ToString()),
            static enable => Assert.EndsWith("enable row level security", enable, StringComparison.Ordinal),
            static force => Assert.EndsWith("force row level security", force, StringComparison.Ordinal),
            static floor => Assert.Contains("\"howdah_floor\" on \"app\".\"orders\" as restrictive for all to public", floor,
                StringComparison.Ordinal),
            static open => Assert.Contains("\"howdah_base\" on \"app\".\"orders\" as permissive for all", open, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("howdah_floor")]
    [InlineData("howdah_base")]
    public void A_policy_of_our_name_that_is_not_ours_is_a_stranger_and_the_table_is_left(string name)
    {
        var made = Made(Spec());
        var facts = made with
        {
            Tables = Tables(new(false, false, "uuid", true)),
            OwnedPolicies = made.OwnedPolicies.Where(owned => owned != (Orders, name)).ToHashSet(),
        };
        var delta = TenancyDiffer.Diff(Spec(), facts);
        var note = Assert.Single(delta.Notes);
        Assert.Equal(("HOW0201", Engine.Files.Severity.Error), (note.Code, note.Severity));
        Assert.Contains(name, note.Message, StringComparison.Ordinal);
        Assert.Equal(["tenancy/shop/app.notes/floor"], delta.Steps.Select(static step => step.Id));
    }

    [Fact]
    public void Any_other_policy_of_a_tenant_table_is_dropped_and_of_another_table_left()
    {
        var facts = Made(Spec());
        facts = facts with
        {
            Policies = [.. facts.Policies, new(Orders, "mine", "r", true, ["public"], "true", null),
                new(Orders, "a\"b", "*", false, ["shop_app"], "false", null), new(new("app", "else"), "mine", "r", true, [], "true", null)],
        };
        Assert.Equal(["drop policy \"mine\" on \"app\".\"orders\"", "drop policy \"a\"\"b\" on \"app\".\"orders\""],
            Step(facts, "app.orders/floor").Sql.Select(static sql => sql.ToString()));
    }

    [Theory]
    [InlineData("howdah_floor", "permissive")]
    [InlineData("howdah_floor", "roles")]
    [InlineData("howdah_floor", "command")]
    [InlineData("howdah_floor", "using")]
    [InlineData("howdah_floor", "check")]
    [InlineData("howdah_floor", "no check")]
    [InlineData("howdah_base", "permissive")]
    [InlineData("howdah_base", "roles")]
    [InlineData("howdah_base", "command")]
    [InlineData("howdah_base", "using")]
    [InlineData("howdah_base", "check")]
    public void Any_change_of_a_policy_replaces_it_and_nothing_else(string name, string change)
    {
        var facts = Made(Spec());
        facts = facts with
        {
            Policies = [.. facts.Policies.Select(policy => policy.Table != Orders || policy.Name != name ? policy : change switch
            {
                "permissive" => policy with { Permissive = !policy.Permissive },
                "roles" => policy with { Roles = ["shop_app", "somebody"] },
                "command" => policy with { Command = "r" },
                "using" => policy with { Using = $"({policy.Using} OR true)" },
                "check" => policy with { Check = $"({policy.Check} OR true)" },
                _ => policy with { Check = null },
            })],
        };
        var sql = Step(facts, "app.orders/floor").Sql;
        Assert.Equal(2, sql.Count);
        Assert.Equal($"drop policy \"{name}\" on \"app\".\"orders\"", sql[0].ToString());
        Assert.StartsWith($"create policy \"{name}\" on \"app\".\"orders\"", sql[1].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tenant_id", "tenant_id", true)]
    [InlineData("group", "\"group\"", true)]
    [InlineData("1st", "\"1st\"", true)]
    [InlineData("Tenant", "\"Tenant\"", true)]
    [InlineData("a\"b'é", "\"a\"\"b'é\"", true)]
    [InlineData("Tenant", "tenant", false)]
    [InlineData("1st", "1st", false)]
    public void The_column_stands_as_the_server_writes_it(string column, string written, bool same)
    {
        var spec = Spec(column);
        Assert.Equal(same, spec.FloorDeparsed().Contains(
            $"({written} = ( SELECT howdah.current_tenant() AS current_tenant))"));
    }

    [Fact]
    public void A_partition_is_closed_without_policies_of_its_own_and_is_nobody_forgotten()
    {
        var made = Made(Spec());
        var part = new QName("elsewhere", "orders_2026");
        var facts = made with { Tables = Tables(made.Tables[Orders], (part, new(false, false, "uuid", true, Part: true))) };
        Assert.Equal(["alter table \"elsewhere\".\"orders_2026\" enable row level security"],
            Step(facts, "elsewhere.orders_2026/floor").Sql.Select(static sql => sql.ToString()));
        facts = made with { Tables = Tables(made.Tables[Orders], (part, new(true, false, "uuid", true, Part: true))) };
        var delta = TenancyDiffer.Diff(Spec(), facts);
        Assert.Empty(delta.Steps);
        Assert.Empty(delta.Notes);
    }

    [Fact]
    public void A_table_that_a_migration_of_the_plan_makes_or_renames_gets_all_of_it()
    {
        var made = Made(Spec());
        var facts = made with
        {
            Tables = made.Tables.Where(static each => each.Key == Notes).ToDictionary(),
            Policies = [.. made.Policies.Where(static policy => policy.Table == Notes)],
        };
        var step = Assert.Single(TenancyDiffer.Diff(Spec() with { HasMigrations = true }, facts).Steps);
        Assert.Equal(7, step.Sql.Count);
        Assert.Equal(2, step.Sql.Count(static sql => sql.ToString().StartsWith("drop policy if exists", StringComparison.Ordinal)));
        Assert.StartsWith("do ", step.Sql[^1].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_that_nothing_can_make_is_told()
    {
        var made = Made(Spec());
        var facts = made with { Tables = made.Tables.Where(static each => each.Key == Notes).ToDictionary() };
        Assert.Equal(["HOW0610"], TenancyDiffer.Diff(Spec(), facts).Notes.Select(static note => note.Code));
        Assert.Empty(TenancyDiffer.Diff(Spec() with { HasMigrations = true }, facts).Notes);
        Assert.Empty(TenancyDiffer.Diff(Spec(), facts with { Known = false, Tables = new Dictionary<QName, TableFacts>() }).Notes);
    }

    [Fact]
    public void What_the_teams_tables_lack_is_told_and_not_changed()
    {
        var made = Made(Spec());
        var facts = made with
        {
            Tables = Tables(made.Tables[Orders] with { NotNull = false }, (Notes, made.Tables[Notes] with { ColumnType = null }),
                (new("app", "else"), new(false, false, null, false))),
            Keys = [new(Orders, "orders_pkey", "p", "PRIMARY KEY (id)"), new(Orders, "fk", "f", "FOREIGN KEY …"),
                new(Orders, "by_mail", "i", "CREATE UNIQUE INDEX …"), new(new("app", "else"), "x", "u", "UNIQUE (x)")],
        };
        var delta = TenancyDiffer.Diff(Spec(), facts);
        Assert.Empty(delta.Steps);
        Assert.Equal(["HOW0605", "HOW0606", "HOW0607", "HOW0607", "HOW0607", "HOW0608"],
            delta.Notes.Select(static note => note.Code).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Whoever_else_may_use_tenancys_parts_is_shut_out()
    {
        var made = Made(Spec());
        var parts = made.Parts.ToDictionary();
        parts["table tenants"] = parts["table tenants"] with { Grantees = ["public", "shop_app INSERT", "shop_owner"] };
        const string Register = "function register_tenant(tenant text)";
        parts[Register] = parts[Register] with { Grantees = ["public", "shop_owner"] };
        var steps = TenancyDiffer.Diff(Spec(), made with { Parts = parts }).Steps;
        Assert.Equal(["revoke all on \"howdah\".\"tenants\" from public", "revoke all on \"howdah\".\"tenants\" from \"shop_app\"",
            "grant select on \"howdah\".\"tenants\" to \"shop_owner\"",
            "revoke all on function \"howdah\".\"register_tenant\"(tenant text) from public"],
            steps.SelectMany(static step => step.Sql).Select(static sql => sql.ToString()));
    }

    static Step Step(TenancyFacts facts, string id)
    {
        var step = Assert.Single(TenancyDiffer.Diff(Spec(), facts).Steps, step => step.Id == $"tenancy/shop/{id}");
        Assert.Equal(StepOrder.Sort([step]), [step]);
        return step;
    }

    static TenancySpec Spec(string column = "tenant_id") => new("main", "shop", "shop_owner", "databases.shop.tenancy",
        new(TenancyModel.Rows, column, "uuid", "howdah.tenant", ["shop_app"], [Orders, Notes], [], null));

    // Everything as an apply of the wish leaves it.
    static TenancyFacts Made(TenancySpec spec) => new(true, true, Tables(new(true, true, "uuid", true)),
        [.. spec.Wanted.Tables.SelectMany(table => new PolicyFacts[]
        {
            new(table, "howdah_floor", "*", false, ["public"], spec.FloorDeparsed()[0], spec.FloorDeparsed()[0]),
            new(table, "howdah_base", "*", true, ["shop_app", "shop_owner"], "true", "true"),
        })],
        [], Parts(spec),
        spec.Wanted.Tables.SelectMany(static table => new[] { (table, "howdah_floor"), (table, "howdah_base") }).ToHashSet(),
        "postgres", []);

    static Dictionary<QName, TableFacts> Tables(TableFacts orders, params (QName Name, TableFacts Facts)[] others)
    {
        var tables = new Dictionary<QName, TableFacts> { [Orders] = orders, [Notes] = orders };
        foreach (var (name, facts) in others)
            tables[name] = facts;
        return tables;
    }

    static Dictionary<string, PartFacts> Parts(TenancySpec spec)
    {
        var parts = TenancyParts.For(spec, []).ToDictionary(static part => part.Key,
            static part => new PartFacts(part.Expected(apart: true), part.Grantees));
        foreach (var table in RegistryTables.All)
            parts[table.Key] = new(table.Expected, table.Readers(spec));
        parts["usage"] = new("", ["shop_app", "shop_owner"]);
        parts["guard"] = new("ddl_command_end O {\"CREATE TABLE\",\"CREATE TABLE AS\",\"SELECT INTO\"} howdah.guard", []);
        return parts;
    }
}
