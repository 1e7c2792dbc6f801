using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>A function or procedure of a warehouse: runs as the owner, with an empty search path.</summary>
static class Routine
{
    internal const string Retiring = "phase pg_catalog.text, leaf pg_catalog.regclass, retirement pg_catalog.int8, lo pg_catalog.text, "
        + "hi pg_catalog.text";
    internal const string Staging = "staging pg_catalog.regclass, batch pg_catalog.int8";

    /// <summary>How the body of a load begins: names of columns win over variables, whatever the file calls its attributes.</summary>
    internal static Sql Head { get; } = Sql.Of($"""

        #variable_conflict use_column
        declare
          the_batch alias for $2;
          the_missing pg_catalog.text;
          the_columns pg_catalog.text[];
          the_read pg_catalog.int8;
          the_loaded pg_catalog.int8 := 0;
          the_refused pg_catalog.int8 := 0;
          the_late pg_catalog.int8 := 0;
          the_replaced pg_catalog.int8 := 0;
          the_repointed pg_catalog.int8 := 0;
          the_inferred pg_catalog.int8 := 0;
          the_gone pg_catalog.int8 := 0;
          the_later pg_catalog.bool;
          the_least pg_catalog.timestamptz;
        begin
        """);

    /// <summary>How it ends: with an entry in the log, which the proof of conservation reads.</summary>
    internal static Sql Log(WarehouseSpec spec, string target, Sql measures) => Sql.Of($"""
          insert into {spec.Name("load_log")} (batch, target, rows_read, rows_loaded, rows_unchanged, rows_quarantined, repointed,
            inferred, measures)
          values (the_batch, {new Literal(target)}, the_read, the_loaded, the_read - the_loaded - the_refused, the_refused, the_repointed,
                  the_inferred, {measures});
        end
        """);

    internal static IEnumerable<Part> Procedure(WarehouseSpec spec, string name, string arguments, string detail, Sql body,
        bool load = true)
    {
        var address = Address(spec, name, arguments);
        yield return new($"function {spec.Wanted.Schema}.{name}", $"definer {body}", detail,
        [
            Sql.Of($"create or replace procedure {spec.Name(name)}({Sql.Written(arguments)}) language plpgsql security definer "
                + $"set search_path = '' as {new DollarQuoted(body.ToString())}"),
        ]);
        yield return Privileges.Of(spec, "procedure", name, load ? spec.Wanted.Loaders : [], "execute", address);
    }

    /// <summary>A trigger's function: nobody calls it.</summary>
    internal static IEnumerable<Part> Trigger(WarehouseSpec spec, string name, Sql body)
    {
        yield return new($"function {spec.Wanted.Schema}.{name}", $"definer {body}", "tells the rollup what changed",
        [
            Sql.Of($"create or replace function {spec.Name(name)}() returns trigger language plpgsql security definer "
                + $"set search_path = '' as {new DollarQuoted(body.ToString())}"),
        ]);
        yield return Privileges.Of(spec, "function", name, [], "execute", Address(spec, name, ""));
    }

    static Sql Address(WarehouseSpec spec, string name, string arguments) => arguments.Length == 0 ? Sql.Of($"{spec.Name(name)}()")
        : arguments == Retiring ? Sql.Of($"{spec.Name(name)}(pg_catalog.text, pg_catalog.regclass, pg_catalog.int8, pg_catalog.text, "
            + $"pg_catalog.text)")
        : Sql.Of($"{spec.Name(name)}(pg_catalog.regclass, pg_catalog.int8)");

    /// <summary>
    /// The beginning of a load: a table that anybody made is read as the owner, so nothing of it may run code: no view, no policy, no type
    /// of somebody's own; and it must have the columns.
    /// </summary>
    internal static Sql Check(WarehouseSpec spec, IEnumerable<string> columns) => Sql.Of($"""
          execute pg_catalog.format('lock table only %s in access share mode', staging);
          if exists (select from pg_catalog.pg_class c where c.oid = staging and (c.relkind <> 'r' or c.relrowsecurity)) then
            raise exception using errcode = '42809', message = pg_catalog.format('%s is no plain table', staging),
              hint = 'load from a table without policies, temporary or not';
          end if;
          if exists (select from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
                     where a.attrelid = staging and a.attnum > 0 and not a.attisdropped
                       and t.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace) then
            raise exception using errcode = '42809', message = pg_catalog.format('%s has a column of a type of somebody''s own', staging),
              hint = 'stage with types of PostgreSQL''s own';
          end if;
          select pg_catalog.string_agg(x.name, ', ' order by x.place) into the_missing
          from pg_catalog.unnest(array[{Sql.Join(", ", columns.Select(static column => Sql.Of($"{new Literal(column)}")))}
            ]::pg_catalog.text[])
            with ordinality x(name, place)
          where not exists (select from pg_catalog.pg_attribute a where a.attrelid = staging and a.attname = x.name and not a.attisdropped);
          if the_missing is not null then
            raise exception using errcode = '42703', message = pg_catalog.format('%s lacks the columns %s', staging, the_missing),
              hint = 'the staging table has the columns that {new Ident(spec.Wanted.Schema)} declares, by name';
          end if;
          select pg_catalog.array_agg(a.attname::pg_catalog.text) into the_columns from pg_catalog.pg_attribute a
          where a.attrelid = staging and a.attnum > 0 and not a.attisdropped;
        """);

    /// <summary>Puts what was refused into the quarantine, or fails where there is none.</summary>
    internal static Sql Quarantine(Sql table) => Sql.Of($"""
          if exists (select from {table} r where r.refused is not null) then
            if pg_catalog.to_regclass('howdah.quarantine') is null then
              select r.refused into the_missing from {table} r where r.refused is not null limit 1;
              raise exception using errcode = '22000', message = 'a row is refused, and there is no quarantine: ' || the_missing,
                hint = 'declare pipelines, which make howdah.quarantine, or correct the row';
            end if;
            insert into howdah.quarantine (batch, line, rule, message, raw)
            select the_batch, r.howdah_line, pg_catalog.split_part(r.refused, ':', 1), r.refused,
                   pg_catalog.convert_to(pg_catalog.jsonb_strip_nulls(pg_catalog.to_jsonb(r) - 'refused')::pg_catalog.text, 'UTF8')
            from {table} r where r.refused is not null;
            get diagnostics the_refused = row_count;
          end if;
        """);

    /// <summary>One lock a table, in the order of names: dimensions before facts, everywhere.</summary>
    internal static Sql Lock(WarehouseSpec spec, IEnumerable<(string Table, bool Alone)> tables) => Sql.Join("\n", tables.Select(each =>
        Sql.Of($"  perform pg_catalog."
            + $"{new Words(each.Alone ? "pg_advisory_xact_lock" : "pg_advisory_xact_lock_shared")}({Class}, "
            + $"{new Literal(spec.Name(each.Table).ToString())}::pg_catalog.regclass::pg_catalog.oid::pg_catalog.int4);")));

    // "HWAR" in ASCII.
    internal const int Class = 0x48574152;
}
