using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Warehouse;

/// <summary>A fact about several members of one dimension: each gets its share, and all together what there is.</summary>
public sealed class Bridges_share_out
{
    const string Shares = "select crew, worker, weight from dw.crew";
    const string ByGrade = "select lower(w.grade), sum(j.pay)::numeric(10,3), count(*) from dw.job_by_crew() j "
        + "join dw.worker w on w.sk = j.crew_sk group by 1";

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task All_that_there_is_and_nothing_twice(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        Task CrewAsync(int batch, string values) => Star.LoadAsync(db, "crew", batch, "crew, worker, weight, howdah_line", values);
        await Star.LoadAsync(db, "worker", 1, "worker, grade, effective_at", """
            ('w1', 'new', '2024-01-01'::timestamptz), ('w1', 'old', '2024-07-01'), ('w2', 'new', '2024-01-01')
            """);
        // Thirds: the last one takes what is left. A group is taken whole or not at all, and says why not.
        await CrewAsync(2, """
            ('a', 'w1', 0.33::numeric, 1), ('a', 'w2', 0.33, 2), ('a', 'w3', 0.34, 3),
            ('half', 'w1', 0.5, 4), ('half', 'w2', 0.4999999999, 5),
            ('twins', 'w1', 0.5, 6), ('twins', 'w1', 0.5, 7), ('none', 'w1', 1, 8), ('none', 'w2', 0, 9), ('nan', 'w1', 'NaN', 10),
            ('lost', 'w1', 1, 11), ('lost', null, 0.5, 12), ('one', 'w1', 1, 13)
            """);
        const string Sound = "(a,w1,0.33)\n(a,w2,0.33)\n(a,w3,0.34)\n(one,w1,1)";
        Assert.Equal(Sound, await Star.TextAsync(db, Shares));
        Assert.Equal("""
            (10,"weight: those of the group sum to NaN, not 1")
            (11,"group: another line of the group is refused")
            (12,"missing: a column of the group or of the member, or the weight, is missing")
            (4,"weight: those of the group sum to 0.9999999999, not 1")
            (5,"weight: those of the group sum to 0.9999999999, not 1")
            (6,"group: a member stands in it twice")
            (7,"group: a member stands in it twice")
            (8,"weight: one of the group is not above 0")
            (9,"weight: one of the group is not above 0")
            """.ReplaceLineEndings("\n"), await Star.TextAsync(db, "select line, message from howdah.quarantine"));

        await Star.LoadAsync(db, "job", 3, "job_id, done, crew, pay, pieces, rate", """
            (1, '2024-02-01'::date, 'a', 100.01, 7, 2), (2, '2024-08-01', 'a', 50, 1, 2), (3, '2024-08-01', 'not yet', 1, 1, 2),
            (4, '2024-08-01', null, 1, 1, 2)
            """);
        // Each version at the job's own time; who is not known, and jobs without a crew, with the unknown member: nothing is lost.
        Assert.Equal("(new,82.507,3)\n(old,16.500,1)\n(unknown,53.003,4)", await Star.TextAsync(db, ByGrade));
        Assert.Equal("(t,t)", await Star.TextAsync(db, """
            select (select sum(pay) from dw.job_by_crew()) = (select sum(pay) from dw.job),
              (select sum(pieces) from dw.job_by_crew()) = (select sum(pieces) from dw.job)
            """));
        // The member comes, and the group changes: what was shared out among the former members is shared out anew.
        await Star.LoadAsync(db, "worker", 4, "worker, grade, effective_at", "('w3', 'new', '2024-01-01'::timestamptz)");
        Assert.Equal("(new,133.510,5)\n(old,16.500,1)\n(unknown,2.000,2)", await Star.TextAsync(db, ByGrade));
        await CrewAsync(5, "('a', 'w1', 0.5, 1), ('a', 'w2', 0.5, 2), ('one', 'w1', 1.0, 3)");
        Assert.Equal("(new,125.010,3)\n(old,25.000,1)\n(unknown,2.000,2)", await Star.TextAsync(db, ByGrade));
        await CrewAsync(6, "('a', 'w2', 0.50, 1), ('a', 'w1', 0.5, 2)");
        Assert.Equal("(2,13,4,0,9)\n(5,3,2,1,0)\n(6,2,0,2,0)", await Star.TextAsync(db,
            "select batch, rows_read, rows_loaded, rows_unchanged, rows_quarantined from dw.load_log where target = 'crew'"));

        // A reader reads it by its own rights, in one pass over the fact, and only the owner writes to it.
        await Star.RunAsync(db, "set role analyst");
        Assert.Equal("(152.01)", await Star.TextAsync(db, "select trim_scale(sum(pay)) from dw.job_by_crew()"));
        Assert.DoesNotContain("Function Scan", await Star.PlanAsync(db, "select sum(pay) from dw.job_by_crew() where job_id = 1"),
            StringComparison.Ordinal);
        foreach (var write in (string[])["update dw.crew set weight = 1", "call dw.load_crew('dw.crew', 9)"])
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege,
                (await Assert.ThrowsAsync<PostgresException>(() => Star.RunAsync(db, write))).SqlState);
        await Star.RunAsync(db, "reset role");
        Assert.Equal(PostgresErrorCodes.CheckViolation, (await Assert.ThrowsAsync<PostgresException>(() =>
            Star.RunAsync(db, "update dw.crew set weight = 1.5 where worker = 'w1'"))).SqlState);
    }
}
