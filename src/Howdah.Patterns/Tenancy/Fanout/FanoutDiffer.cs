using System.Globalization;
using Howdah.Engine.Applying;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>Says what tenants' places lack: one step for all of them, however many, and a note for those that differ.</summary>
static class FanoutDiffer
{
    // What a plan calls a place that stands for all.
    const string Any = "t_…";

    // So many are told with what differs first; the others by name.
    const int Most = 5;

    internal static Delta Diff(TenancySpec spec, FanoutFacts facts)
    {
        var notes = new List<Diagnostic>();
        foreach (var place in facts.Places.Where(static place => place.Moving))
        {
            if (facts.Wanted(spec) is [.., var last] && string.CompareOrdinal(place.Version, last.Name) < 0)
                notes.Add(Diagnostic.Warning(Codes.Moving,
                    $"work on the tenant {place.Name} is under way; its place stays behind until then",
                    spec.Path, "howdah migrate tenants"));
        }
        notes.AddRange(Different(spec, facts.Different));
        var behind = facts.Behind(spec);
        if (behind.Count == 0)
            return new([.. Mended(spec, facts.Different)], notes);
        var scripts = PlaceScripts.Make(spec, facts.Wanted(spec), behind, facts.InPlace, facts.AtHome, PlaceScripts.NoPrivileges);
        var shown = scripts.Schemas.Count > 0 ? scripts.Schemas : scripts.Databases;
        foreach (var (script, note) in scripts.Schemas.Concat(scripts.Databases)
            .SelectMany(static script => script.Refused.Select(note => (script, note))))
            notes.Add(Diagnostic.Error(Codes.Refused, $"{script.Migration.Name} cannot run in tenants' places: {note}", spec.Path,
                $"change that statement, or write {HomeMigration.HomeOnly} into the file's first lines if it is for home alone"));
        return new([.. Mended(spec, facts.Different), Step(spec, behind, shown)], notes);
    }

    static Step Step(TenancySpec spec, IReadOnlyList<TenantPlace> behind, IReadOnlyList<PlacedMigration> scripts)
    {
        var names = string.Join(", ", scripts.Select(static script => script.Migration.Name));
        var left = scripts.SelectMany(static script => script.Left.Select(note => $"{note.Words} … ({note.Why})")).Distinct().ToList();
        return new()
        {
            Id = $"tenancy/{spec.Database}/places",
            Server = spec.Server,
            Database = spec.Database,
            Pattern = TenancySpec.Key,
            Object = "migrations in tenants' places",
            Action = StepAction.Run,
            Detail = $"{names} in {Count(behind)}; the smallest first and alone"
                + (left.Count > 0 ? $"; only at home: {string.Join("; ", left)}" : ""),
            Transactional = false,
            Limits = Limits.Concurrent,
            Sql = [Sql.Of($"{Sql.Join("\n", scripts.Select(static script => Sql.Written(
                $"-- {script.Migration.Name}, in each place\n{script.In(Any).Trim()}")))}")],
            Done = Done,
            Work = (session, options, token) => WorkAsync(spec, session, options, token),
        };
    }

    static string Count(IReadOnlyList<TenantPlace> behind)
    {
        var schemas = behind.Count(static place => place.IsSchema);
        var databases = behind.Count - schemas;
        return string.Join(" and ", ((string[])[Words(schemas, "schema"), Words(databases, "database")]).Where(static text => text != ""));

        static string Words(int count, string word) => count == 0 ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{count:N0} {word}{(count == 1 ? "" : "s")}");
    }

    // The versions are what settles it: who is behind is behind, whatever a run that was cut off meant to do.
    static Sql Done { get; } = Sql.Of($"""
        select not exists (
          select from howdah.tenants t
          left join (select place, max(version collate "C") as version from howdah.tenant_versions group by place) v on v.place = t.place
          where t.model <> 'rows' and t.state not in ('creating', 'erasing')
            and coalesce(v.version, '') collate "C" < (select max(name collate "C") from howdah.migrations)
            and not exists (select from howdah.tenant_work w where w.tenant = t.id and w.finished is null))
        """);

    static async Task WorkAsync(TenancySpec spec, Engine.Session session, ApplyOptions options, CancellationToken token)
    {
        using var run = new FanoutRun(session, spec, new()
        {
            LockPatience = options.LockPatience,
            Time = options.Time,
            Fault = options.Fault,
            UnderWay = false,
            Progress = options.Events is { } events ? new Told(events) : null,
        });
        var report = await run.RunAsync(token);
        if (report.Failed.Count > 0)
            throw new ApplyStop(ApplyOutcome.Failed, $"{report.Failed[0].Migration} in the place of {report.Failed[0].Tenant} "
                + $"({report.Failed[0].Place}): {report.Failed[0].Why}; {report.Done} places are done, {report.Left} are behind; "
                + "mend it and run again, or go on with the others: howdah migrate tenants --continue-on-error");
        if (report.Moving.Count > 0)
            throw new ApplyStop(ApplyOutcome.Failed, $"tenants are being moved and stay behind: {string.Join(", ", report.Moving)}; "
                + $"{report.Done} places are done; run again when they have arrived");
    }

    // Privileges are given anew; what a table is made of is its team's to mend.
    static IEnumerable<Step> Mended(TenancySpec spec, IReadOnlyList<PlaceDrift> different)
    {
        var mended = different.Where(static drift => drift.Privileges.Count > 0).ToList();
        if (mended.Count > 0)
            yield return new()
            {
                Id = $"tenancy/{spec.Database}/places/privileges",
                Server = spec.Server,
                Database = spec.Database,
                Pattern = TenancySpec.Key,
                Object = "privileges in tenants' schemas",
                Action = StepAction.Grant,
                Detail = $"as home's applications have them, for {Named(mended.Select(static drift => drift.Place.Name))}",
                Sql = [.. mended.SelectMany(static drift => drift.Mend)],
            };
    }

    static IEnumerable<Diagnostic> Different(TenancySpec spec, IReadOnlyList<PlaceDrift> different)
    {
        var left = different.Where(static drift => drift.Privileges.Count == 0).ToList();
        var told = left.Where(static drift => drift.Difference is not null).Take(Most).ToList();
        foreach (var (place, difference, _) in told)
            yield return Diagnostic.Warning(Codes.Drifted,
                $"the tables of tenant {place.Name} ({place.Place}) are not as home's, though their version is: {difference}", spec.Path);
        if (left.Count > told.Count)
            yield return Diagnostic.Warning(Codes.Drifted, $"{left.Count - told.Count} more differ: "
                + Named(left.Except(told).Select(static drift => drift.Place.Name)), spec.Path);
    }

    static string Named(IEnumerable<string> names)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(20)) + (all.Count > 20 ? $" and {all.Count - 20} more" : "");
    }

    sealed class Told(IProgress<ApplyEvent> events) : IProgress<FanoutProgress>
    {
        public void Report(FanoutProgress value) => events.Report(new(ApplyEventKind.Waiting, null,
            string.Create(CultureInfo.InvariantCulture, $"tenants' places: {value.Done:N0} of {value.Of:N0}")));
    }
}
