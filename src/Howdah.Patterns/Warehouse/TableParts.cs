using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>The parts that every table of a warehouse has.</summary>
/// <param name="spec">The warehouse.</param>
/// <param name="table">The table.</param>
/// <param name="partitioned">Whether it is partitioned.</param>
sealed class TableParts(WarehouseSpec spec, string table, bool partitioned = false)
{
    readonly QName name = spec.Name(table);

    internal string Key => $"table {name.Schema}.{table}";

    internal Part Table(string detail, Sql create, params Sql[] more) => new(Key, $"{(partitioned ? "p" : "r")} {spec.Owner}", detail,
        [create, .. more]) { Owns = new("table", name.Schema, table) };

    internal Part Column(string column, string type) => new($"column {name.Schema}.{table}.{column}", type, type,
        [Sql.Of($"alter table {name} add column {new Ident(column)} {Part.Type(type)}")]) { With = Key, Inline = true, Told = true };

    internal Part Constraint(string constraint, string detail, Sql definition) => new($"constraint {name.Schema}.{table}.{constraint}",
        "valid",
        detail, [Sql.Of($"alter table {name} drop constraint if exists {new Ident(constraint)}"),
            Sql.Of($"alter table {name} add constraint {new Ident(constraint)} {definition}")])
    {
        With = Key,
        Hazard = new(HazardKind.LongLock, $"{name.Plain} is read while nobody writes to it, to see that all rows obey"),
    };

    /// <summary>A constraint that new rows obey at once, and of old ones it is found out while they are written.</summary>
    internal Part Check(string constraint, string detail, Sql condition) => Constraint(constraint, detail,
        Sql.Of($"check ({condition}) not valid")) with { Hazard = null, Validate = Validate(constraint) };

    /// <summary>A foreign key, checked at once unless a load of its dimension says that it looks after the facts first.</summary>
    internal Part Reference(string constraint, string detail, string column, QName dimension)
    {
        var definition = Sql.Of($"foreign key ({new Ident(column)}) references {dimension} (sk) deferrable initially immediate");
        // A partitioned table's cannot be added without looking at the rows before PostgreSQL 18; each partition's can.
        return partitioned ? Constraint(constraint, detail, definition) with
        {
            With = null,
            Hazard = null,
            Leafwise = new(name, spec.Name(constraint), definition, "constraint"),
        } : Constraint(constraint, detail, Sql.Of($"{definition} not valid")) with
        {
            With = null,
            Hazard = null,
            Validate = Validate(constraint),
        };
    }

    Sql Validate(string constraint) => Sql.Of($"alter table {name} validate constraint {new Ident(constraint)}");

    internal Part Index(string index, string detail, Sql definition, bool unique = false)
    {
        var kind = unique ? Sql.Of($"unique index") : Sql.Of($"index");
        var full = spec.Name(index);
        return new($"index {name.Schema}.{index}", "valid", detail, [Sql.Of($"create {kind} {new Ident(index)} on {name} {definition}")])
        {
            With = Key,
            Online = partitioned ? null : Sql.Of($"create {kind} concurrently {new Ident(index)} on {name} {definition}"),
            Done = Sql.Of($"""
                select exists (select from pg_catalog.pg_index where indexrelid = pg_catalog.to_regclass({new Literal(full.ToString())})
                  and indisvalid)
                """),
            Leafwise = partitioned ? new(name, full, definition, "index") : null,
        };
    }

    internal Part Comment(string about) => new($"comment {name.Schema}.{table}", about, "what it means",
        [Sql.Of($"comment on table {name} is {new Literal(about)}")]) { With = Key };

    internal Part Comment(string column, string about) => new($"comment {name.Schema}.{table}.{column}", about, "what it means",
        [Sql.Of($"comment on column {name}.{new Ident(column)} is {new Literal(about)}")]) { With = Key };

    internal Part Statistics(string suffix, IReadOnlyList<string> columns) => new($"statistics {name.Schema}.{table}_{suffix}", "",
        "tells the planner how columns depend on each other", [Sql.Of($"create statistics {spec.Name($"{table}_{suffix}")} on "
            + $"{Part.List(columns.Take(8))} from {name}")]) { With = Key };

    /// <summary>Readers read, and nobody else does anything: loaders come through the procedures.</summary>
    internal Part Grants(bool read = true) => Privileges.Of(spec, "table", table, read ? spec.Wanted.Readers : [], "select",
        Sql.Of($"{name}")) with { With = Key };

    internal Part Trigger(string trigger, string function, Sql when) =>
        new($"trigger {name.Schema}.{table}.{trigger}", $"{spec.Wanted.Schema}.{function} O", "tells the rollup what changed",
            [Sql.Of($"drop trigger if exists {new Ident(trigger)} on {name}"),
                Sql.Of($"create trigger {new Ident(trigger)} {when} for each statement execute function {spec.Name(function)}()")])
        { With = Key };
}

/// <summary>Who may use a part: a closed world, in the warehouse's own schema.</summary>
static class Privileges
{
    internal static Part Of(WarehouseSpec spec, string kind, string name, IReadOnlyList<string> grantees, string privilege, Sql address)
    {
        var roles = grantees.Where(role => role != spec.Owner).Distinct().Order(StringComparer.Ordinal).ToList();
        var words = new Words(kind is "view" ? "table" : kind);
        // Whatever others were given is taken from them first, by asking the catalogs when the step runs.
        var sql = new List<Sql> { Sql.Of($"""
            do {new DollarQuoted(Sql.Of($"""

            declare
              other text;
            begin
              for other in
                select distinct case when x.grantee = 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end
                from {Acl(spec, kind, name)} x where x.grantee <> x.owner
              loop
                execute pg_catalog.format('revoke all on {words} %s from %s', {new Literal(address.ToString())}, other);
              end loop;
            end

            """).ToString())}
            """) };
        if (roles.Count > 0)
            sql.Add(Sql.Of($"grant {new Words(privilege)} on {words} {address} "
                + $"to {Sql.List(roles.Select(static role => new Ident(role)))}"));
        return new($"grant {kind} {spec.Wanted.Schema}.{name}", string.Join(", ", roles.Select(role => $"{role}={privilege}")),
            roles.Count == 0 ? "nobody but its owner" : $"{string.Join(", ", roles)} may {privilege}", sql);
    }

    static Sql Acl(WarehouseSpec spec, string kind, string name) => kind switch
    {
        "schema" => Sql.Of($"""
            (select n.nspowner as owner, a.grantee from pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a
             where n.nspname = {new Literal(spec.Wanted.Schema)})
            """),
        "procedure" or "function" => Sql.Of($"""
            (select p.proowner as owner, a.grantee
             from pg_catalog.pg_proc p, pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a
             where p.pronamespace = {new Literal(spec.Wanted.Schema)}::pg_catalog.regnamespace and p.proname = {new Literal(name)})
            """),
        _ => Sql.Of($"""
            (select c.relowner as owner, a.grantee from pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a
             where c.relnamespace = {new Literal(spec.Wanted.Schema)}::pg_catalog.regnamespace and c.relname = {new Literal(name)})
            """),
    };
}
