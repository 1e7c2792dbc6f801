using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy;

/// <summary>The tables of the registry in schema howdah: how they are made, how a former version's are brought up, and what the catalogs
/// say of them when they are as they should be.</summary>
static class RegistryTables
{
    internal static RegistryTable Tenants { get; } = new("tenants", "who the tenants are and where they live; ids are opaque",
        "created timestamp with time zone, epoch bigint, id uuid, model text, name text, place text, server text, state text; "
            + "tenants_model_check CHECK ((model = ANY (ARRAY['rows'::text, 'schemas'::text, 'databases'::text]))); "
            + "tenants_name_check CHECK ((name <> ''::text)); "
            + "tenants_place_check CHECK (((place IS NULL) = (model = 'rows'::text))); "
            + "tenants_state_check CHECK ((state = ANY (ARRAY['creating'::text, 'active'::text, 'suspended'::text, 'fenced'::text, "
            + "'erasing'::text])))",
        [
            Sql.Of($"""
                create table howdah.tenants (
                  id uuid primary key default pg_catalog.gen_random_uuid(),
                  name text not null unique check (name <> ''),
                  state text not null default 'active' check (state in ('creating', 'active', 'suspended', 'fenced', 'erasing')),
                  model text not null default 'rows' check (model in ('rows', 'schemas', 'databases')),
                  server text,                       -- null: home's
                  place text unique,                 -- of the schema or database, and of its role
                  epoch bigint not null default 1,   -- one more at every change of state or placement
                  created timestamptz not null default pg_catalog.now(),
                  constraint tenants_place_check check ((place is null) = (model = 'rows'))
                )
                """),
        ],
        [
            Sql.Of($"""
                alter table howdah.tenants
                  add column if not exists model text not null default 'rows',
                  add column if not exists server text,
                  add column if not exists place text unique,
                  add column if not exists epoch bigint not null default 1,
                  drop constraint if exists tenants_name_check,
                  drop constraint if exists tenants_state_check,
                  drop constraint if exists tenants_model_check,
                  drop constraint if exists tenants_place_check
                """),
            Sql.Of($"""
                alter table howdah.tenants
                  add constraint tenants_name_check check (name <> ''),
                  add constraint tenants_state_check check (state in ('creating', 'active', 'suspended', 'fenced', 'erasing')),
                  add constraint tenants_model_check check (model in ('rows', 'schemas', 'databases')),
                  add constraint tenants_place_check check ((place is null) = (model = 'rows'))
                """),
        ]);

    /// <summary>The key of signed contexts, as HMAC needs it: padded, inside and outside. Nobody's to read but the verifier's.</summary>
    internal static RegistryTable Signing { get; } = new("signing", "the key by which signed contexts are checked",
        "inner_key bytea, outer_key bytea, single boolean; signing_single_check CHECK (single)",
        [
            Sql.Of($"""
                create table howdah.signing (
                  single boolean primary key default true check (single),
                  inner_key bytea not null,
                  outer_key bytea not null
                )
                """),
        ], []);

    /// <summary>Databases made ahead.</summary>
    internal static RegistryTable Spares { get; } = new("tenant_spares", "databases made ahead, which are nobody's yet",
        "begun timestamp with time zone, place text, server text, structure text, version text",
        [
            Sql.Of($"""
                create table howdah.tenant_spares (
                  place text primary key,
                  server text,                       -- null: home's
                  structure text,                    -- what stands in it; null: not finished, or being dropped
                  version text not null,             -- home's last migration at that time
                  begun timestamptz not null default pg_catalog.now()
                )
                """),
        ], []);

    /// <summary>The tables that a tenancy needs.</summary>
    internal static IReadOnlyList<RegistryTable> For(TenancySpec spec) =>
        [.. All, .. spec.Wanted.Signed ? [Signing] : (RegistryTable[])[], .. spec.Wanted.Spares > 0 ? [Spares] : (RegistryTable[])[]];

    internal static IReadOnlyList<RegistryTable> All { get; } =
    [
        Tenants,
        new("tenant_work", "what is under way with a tenant, so that it can be resumed",
            "by text, detail jsonb, finished timestamp with time zone, id uuid, kind text, outcome text, "
                + "started timestamp with time zone, step text, tenant uuid",
            [
                Sql.Of($"""
                    create table howdah.tenant_work (
                      id uuid primary key default pg_catalog.gen_random_uuid(),
                      tenant uuid not null,
                      kind text not null,
                      step text not null,
                      detail jsonb not null default pg_catalog.jsonb_build_object(),
                      started timestamptz not null default pg_catalog.now(),
                      by text not null default session_user,
                      finished timestamptz,
                      outcome text
                    )
                    """),
                Sql.Of($"create unique index tenant_work_open on howdah.tenant_work (tenant) where finished is null"),
            ], []),
        new("tenant_events", "who did what to which tenant",
            "action text, at timestamp with time zone, by text, detail jsonb, name text, tenant uuid",
            [
                Sql.Of($"""
                    create table howdah.tenant_events (
                      at timestamptz not null default pg_catalog.clock_timestamp(),
                      by text not null default session_user,
                      tenant uuid not null,
                      name text not null,
                      action text not null,
                      detail jsonb not null default pg_catalog.jsonb_build_object()
                    )
                    """),
                Sql.Of($"create index tenant_events_tenant on howdah.tenant_events (tenant, at)"),
            ], []),
        new("tenant_versions", "which migrations ran in which place",
            "applied timestamp with time zone, hash text, place text, version text",
            [
                Sql.Of($"""
                    create table howdah.tenant_versions (
                      place text not null,
                      version text not null,
                      hash text not null default '',
                      applied timestamptz not null default pg_catalog.now(),
                      primary key (place, version)
                    )
                    """),
            ], []),
    ];
}

/// <summary>A table of the registry.</summary>
/// <param name="Name">Its name in schema howdah.</param>
/// <param name="About">What it is for.</param>
/// <param name="Expected">What the catalogs say of its columns and checks.</param>
/// <param name="Create">Makes it.</param>
/// <param name="Upgrade">Brings an earlier version's up; empty where there was none.</param>
sealed record RegistryTable(string Name, string About, string Expected, IReadOnlyList<Sql> Create, IReadOnlyList<Sql> Upgrade)
{
    internal string Key => $"table {Name}";

    /// <summary>Who but the role that applies may read it: the owner, as whom the functions that look tenants up run.</summary>
    internal IReadOnlyList<string> Readers(TenancySpec spec) => Name is "tenants" or "signing" ? [spec.Owner] : [];
}
