using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Leaves;

/// <summary>
/// Where tables are partitioned by LIST of the tenant, each tenant in rows has a leaf of each: <c>howdah.make_leaves</c> makes those that
/// are missing, <c>howdah.drop_leaves</c> takes those away that are empty. They lie in a schema of their own that nobody may use but the
/// tables' owner, with row-level security and no policy: asked directly, they answer nobody.
/// </summary>
static class LeafFunctions
{
    /// <summary>The schema of the leaves.</summary>
    internal const string Schema = "howdah_leaves";

    /// <summary>The functions; none where nothing is partitioned.</summary>
    internal static IEnumerable<TenancyParts.Part> For(TenancySpec spec) => spec.Wanted.Partitioned
        ? [Part(spec, "make_leaves", Make(spec)), Part(spec, "drop_leaves", Drop(spec))] : [];

    static TenancyParts.Part Part(TenancySpec spec, string name, string body) => new(name, "tenant uuid", "void", "plpgsql", body)
    { Definer = true, Owned = true, Grantees = [spec.Owner] };

    // ATTACH, not PARTITION OF: readers of the table need not end first. A leaf that is there under another name (the table was renamed)
    // overlaps, and is left.
    static string Make(TenancySpec spec) => $$"""

        declare
          t pg_class;
          leaf text;
        begin
          for t in {{Tables(spec)}}
          loop
            leaf := {{Name}};
            if to_regclass(leaf) is not null then
              continue;
            end if;
            if t.relkind <> 'p' then
              raise exception using errcode = 'HW008', 
                message = format('%s is not partitioned by LIST (%I)', t.oid::regclass, {{new Literal(spec.Wanted.Column)}}),
                hint = 'Make it anew with PARTITION BY LIST, or leave tenancy.partitioned out.';
            end if;
            begin
              execute format('create table %s (like %s including constraints including generated including storage including compression)',
                leaf, t.oid::regclass);
              execute format('alter table %s enable row level security', leaf);
              if t.relreplident = 'f' then
                execute format('alter table %s replica identity full', leaf);
              end if;
              execute format('alter table %s attach partition %s for values in (%L)', t.oid::regclass, leaf, tenant);
            exception when invalid_object_definition then
              if not exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid
                  where i.inhparent = t.oid and pg_get_expr(c.relpartbound, c.oid) = format('FOR VALUES IN (%L)', tenant)) then
                raise;
              end if;
            end;
          end loop;
        end

        """;

    static string Drop(TenancySpec spec) => $$"""

        declare
          t pg_class;
          leaf regclass;
          filled boolean;
          leaves regclass[] := '{}';
        begin
          for t in {{Tables(spec)}}
          loop
            leaf := to_regclass({{Name}});
            if leaf is null or not exists (select from pg_inherits where inhrelid = leaf and inhparent = t.oid) then
              select c.oid into leaf from pg_inherits i join pg_class c on c.oid = i.inhrelid
              where i.inhparent = t.oid and pg_get_expr(c.relpartbound, c.oid) = format('FOR VALUES IN (%L)', tenant);
            end if;
            if leaf is null then
              continue;
            end if;
            execute format('alter table %s detach partition %s', t.oid::regclass, leaf);
            execute format('select exists (select from %s)', leaf) into filled;
            if filled then
              raise exception using errcode = 'HW009', message = format('the leaf %s of %s is not empty', leaf, t.oid::regclass);
            end if;
            leaves := leaves || leaf;
          end loop;
          foreach leaf in array leaves loop
            execute format('drop table %s', leaf);
          end loop;
        end

        """;

    // By its table's name and its tenant's id, so that it is found without looking at all leaves there are.
    static string Name => $"format('{Schema}.%I', 't' || replace(tenant::text, '-', '') || '_' "
        + "|| substr(md5(t.relnamespace::regnamespace || '.' || t.relname), 1, 8))";

    static string Tables(TenancySpec spec) => $"""
        select c.* from unnest(array[{Sql.Join(", ", spec.Wanted.Tables.Select(static table =>
            Sql.Of($"{new Literal(table.ToString())}")))}]::text[]) with ordinality named(name, n)
                   join pg_class c on c.oid = to_regclass(named.name) order by named.n
        """;
}
