using Howdah.Engine.Planning;

namespace Howdah.Patterns.Grants;

/// <summary>What somebody should have and has on one object or on one of its columns.</summary>
/// <param name="Column">The column; empty for the object itself.</param>
/// <param name="Grantee">Who.</param>
/// <param name="Wanted">Privileges that are declared, and whether they may be passed on.</param>
/// <param name="Seen">Privileges there are, whoever gave them.</param>
sealed record Held(string Column, string Grantee, IReadOnlyDictionary<string, bool> Wanted, IReadOnlyList<Given> Seen)
{
    /// <summary>What is to be taken back of the owner's giving: undeclared privileges, and undeclared ways to pass them on.</summary>
    internal IEnumerable<(string Privilege, bool OptionOnly)> Taken(string owner) =>
        from has in Seen
        where has.Grantor == owner && (!Wanted.TryGetValue(has.Privilege, out var pass) || (has.Grantable && !pass))
        orderby has.Privilege
        select (has.Privilege, Wanted.ContainsKey(has.Privilege));
}

/// <summary>
/// What has to change on one object. All that is declared is given by its owner, in whose name everybody who may grant works; so whatever
/// others gave is taken back, and with no rights but the owner's.
/// </summary>
sealed class GrantChanges(GrantsSpec spec, ObjectName name, string owner)
{
    /// <summary>One step for each grantee, then one for what was passed on; who loses nothing comes first, so nobody is without.</summary>
    internal IEnumerable<Step> Steps(IReadOnlyList<Held> all) =>
    [
        .. all.Where(held => held.Grantee != owner).GroupBy(static held => held.Grantee)
            .OrderBy(static group => group.Key, StringComparer.Ordinal)
            .Select(group => Own(group.Key, [.. group.OrderBy(static held => held.Column, StringComparer.Ordinal)])).OfType<Step>()
            .OrderBy(static step => step.Action == StepAction.Grant ? 0 : 1),
        .. PassedOn(all),
    ];

    Step? Own(string grantee, IReadOnlyList<Held> parts)
    {
        var sql = new List<Sql>();
        var words = new List<string>();
        var lost = new HashSet<string>();
        foreach (var part in parts)
        {
            foreach (var group in part.Taken(owner).GroupBy(static each => each.OptionOnly).OrderBy(static group => group.Key))
            {
                var privileges = group.Select(static each => each.Privilege).ToList();
                sql.Add(Revoke(privileges, part.Column, grantee, group.Key));
                words.Add($"- {(group.Key ? "grant option of " : "")}{string.Join(", ", privileges)}{In(part.Column)}");
                // What is taken on a table is taken on its columns too.
                if (part.Column.Length == 0)
                    lost.UnionWith(privileges);
            }
        }
        var takes = sql.Count;
        foreach (var part in parts)
        {
            foreach (var pass in (bool[])[false, true])
            {
                var missing = part.Wanted.Where(each => each.Value == pass && !(Has(part, each.Key, pass)
                    && (part.Column.Length == 0 || !lost.Contains(each.Key)))).Select(static each => each.Key).ToList();
                if (missing.Count == 0)
                    continue;
                sql.Add(Grant(missing, part.Column, grantee, pass));
                words.Add($"+ {string.Join(", ", missing.Order(StringComparer.Ordinal))}{In(part.Column)}"
                    + $"{(pass ? " with grant option" : "")}");
            }
        }
        return sql.Count == 0 ? null : Step(grantee, $"{name.Text} for {grantee}",
            takes == 0 ? StepAction.Grant : takes == sql.Count ? StepAction.Revoke : StepAction.Alter, words, sql);
    }

    bool Has(Held part, string privilege, bool pass) =>
        part.Seen.Any(has => has.Grantor == owner && has.Privilege == privilege && (has.Grantable || !pass));

    // Only who gave can take back. But giving ends with the right to give: the giver gets it from the owner, loses it, all that hung on it
    // falls, and then the giver has again what it should have.
    IEnumerable<Step> PassedOn(IReadOnlyList<Held> all)
    {
        var foreign = (from held in all
                       from has in held.Seen
                       where has.Grantor != owner
                       group held.Grantee by (has.Grantor, held.Column, has.Privilege) into gift
                       orderby gift.Key.Grantor, gift.Key.Column, gift.Key.Privilege
                       select gift).ToList();
        if (foreign.Count == 0)
            return [];
        var levels = foreign.GroupBy(static gift => (gift.Key.Grantor, gift.Key.Column), static gift => gift.Key.Privilege).ToList();
        var givers = levels.Select(static level => level.Key.Grantor).ToHashSet();
        return
        [
            Step("passed on", $"{name.Text}: what was passed on", StepAction.Revoke,
                foreign.Select(static gift => $"- {gift.Key.Privilege}{In(gift.Key.Column)} of {string.Join(", ", gift)} (granted by "
                    + $"{gift.Key.Grantor})"),
                [
                    .. levels.Select(level => Grant([.. level], level.Key.Column, level.Key.Grantor, pass: true)),
                    .. foreign.GroupBy(static gift => gift.Key.Grantor).Select(giver => Return(giver.Key,
                        giver.SelectMany(static gift => gift, (gift, grantee) =>
                            Revoke([gift.Key.Privilege], gift.Key.Column, grantee, optionOnly: false)))),
                    .. levels.Select(level => Revoke([.. level], level.Key.Column, level.Key.Grantor, optionOnly: false)),
                    .. from held in all
                       where givers.Contains(held.Grantee)
                       from wish in held.Wanted
                       group wish.Key by (held.Grantee, held.Column, Pass: wish.Value) into wish
                       select Grant([.. wish], wish.Key.Column, wish.Key.Grantee, wish.Key.Pass),
                ]),
        ];
    }

    // Who has the owner's rights as a member never loses the right to give, so what that role gave is taken back in its name. Asked when it
    // is run: an earlier step may have changed the membership.
    Sql Return(string giver, IEnumerable<Sql> revokes) => Sql.Of($"do {new DollarQuoted(Sql.Of($"""

        begin
          if pg_catalog.pg_has_role({new Literal(giver)}, {new Literal(owner)}, 'USAGE') then
            set local role {new Ident(giver)};
            {Sql.Join("; ", revokes)};
            reset role;
          end if;
        end

        """).ToString())}");

    Step Step(string id, string thing, StepAction action, IEnumerable<string> words, IReadOnlyList<Sql> sql) => new()
    {
        Id = $"grants/{spec.Database}/{name.Text}/{id}",
        Server = spec.Server,
        Database = spec.Database,
        Pattern = GrantsDiffer.Key,
        Object = thing,
        Action = action,
        Detail = string.Join("  ", words),
        Sql = sql,
    };

    static string In(string column) => column.Length > 0 ? $" ({column})" : "";

    Sql Grant(IReadOnlyList<string> privileges, string column, string grantee, bool pass) =>
        Sql.Of($"grant {List(privileges, column)} on {name.Sql} to {Role(grantee)}{(pass ? Sql.Of($" with grant option") : null)}");

    Sql Revoke(IReadOnlyList<string> privileges, string column, string grantee, bool optionOnly) =>
        Sql.Of($"revoke {(optionOnly ? Sql.Of($"grant option for ") : null)}{List(privileges, column)} on {name.Sql} from "
            + $"{Role(grantee)} cascade");

    static Sql Role(string grantee) => grantee == "public" ? Sql.Of($"public") : Sql.Of($"{new Ident(grantee)}");

    static Sql List(IReadOnlyList<string> privileges, string column) =>
        Sql.Join(", ", privileges.Order(StringComparer.Ordinal).Select(privilege =>
            column.Length > 0 ? Sql.Of($"{new Words(privilege)} ({new Ident(column)})") : Sql.Of($"{new Words(privilege)}")));
}
