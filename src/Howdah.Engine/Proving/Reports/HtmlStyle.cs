namespace Howdah.Engine.Proving.Reports;

/// <summary>How the HTML report looks: light and dark by the reader's wish, black on white in print.</summary>
static class HtmlStyle
{
    internal const string Css =
        """
        :root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --ink: #1c2430; --soft: #5b6675; --line: #dfe3e8; --code: #f1f3f6;
          --held: #12734a; --broken: #b3261e; --inconclusive: #8a5a00; --quiet: #4d5b70; --tint: 8%; }
        @media (prefers-color-scheme: dark) { :root { --page: #12161c; --card: #1b2129; --ink: #e4e8ee; --soft: #9aa6b5; --line: #313a45;
          --code: #12171d; --held: #5fce98; --broken: #ff8a80; --inconclusive: #f0b955; --quiet: #a9b8cc; --tint: 12%; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
        main { max-width: 62rem; margin: 0 auto; padding: 2.25rem 1.25rem 4rem; }
        h1 { font-size: 1.7rem; line-height: 1.25; margin: 0; letter-spacing: -.01em; overflow-wrap: anywhere; }
        h2 { font-size: 1.12rem; margin: 2.4rem 0 .3rem; } h2 + p { margin: 0 0 .8rem; color: var(--soft); }
        h3 { font-size: 1rem; margin: 0; line-height: 1.4; }
        p { margin: .4rem 0; } ul { margin: .3rem 0; padding-left: 1.2rem; } li { overflow-wrap: anywhere; }
        code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        code { overflow-wrap: anywhere; } bdi { unicode-bidi: isolate; }
        pre { margin: 0; padding: .55rem .75rem; background: var(--code); border-radius: 6px; white-space: pre-wrap;
          overflow-wrap: anywhere; }
        a { color: inherit; } .soft, small { color: var(--soft); }
        .verdict { font-size: 1.08rem; font-weight: 600; margin: .35rem 0 1.1rem; }
        .head { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; margin: 0; font-size: .92rem; }
        .head dt { color: var(--soft); } .head dd { margin: 0; overflow-wrap: anywhere; }
        .sum { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1.4rem 0 0; padding: 0; list-style: none; }
        .sum li { flex: 1 1 7.5rem; overflow-wrap: normal; background: var(--card); border: 1px solid var(--line); border-radius: 8px;
          padding: .6rem .9rem; }
        .sum b { display: block; font-size: 1.65rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
        .sum .zero { color: var(--soft); }
        article { background: var(--card); border: 1px solid var(--line); border-left: 4px solid currentColor; border-radius: 8px;
          padding: .95rem 1.15rem; margin: .8rem 0; break-inside: avoid; }
        article > * { color: var(--ink); } article > .soft { color: var(--soft); font-size: .88rem; }
        article header { display: flex; flex-wrap: wrap; gap: .3rem .7rem; align-items: baseline; }
        article dl { display: grid; grid-template-columns: 5.2rem minmax(0, 1fr); gap: .55rem .9rem; margin: .8rem 0 0; }
        article dl + dl { border-top: 1px dashed var(--line); padding-top: .75rem; }
        article dt { color: var(--soft); font-size: .88rem; } article dd { margin: 0; }
        article footer { margin-top: .75rem; font-size: .88rem; color: var(--soft); }
        .chip { font-size: .74rem; font-weight: 650; letter-spacing: .04em; text-transform: uppercase; padding: .1rem .5rem;
          border-radius: 99px; background: color-mix(in srgb, currentColor var(--tint), transparent); white-space: nowrap; }
        .held { color: var(--held); } .broken { color: var(--broken); } .inconclusive { color: var(--inconclusive); }
        .quiet { color: var(--quiet); } .id { white-space: nowrap; font-weight: 600; }
        .broken .chip { color: var(--broken); } .inconclusive .chip { color: var(--inconclusive); } .quiet .chip { color: var(--quiet); }
        table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: 8px;
          font-size: .92rem; margin: .5rem 0 1.2rem; }
        th, td { text-align: left; vertical-align: top; padding: .42rem .8rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
        thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: .82rem; } tr { break-inside: avoid; }
        td.id, td.fit { width: 1%; white-space: nowrap; } summary { cursor: pointer; color: var(--soft); }
        .seal { margin-top: 2.6rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .88rem; color: var(--soft); }
        @media (max-width: 40rem) { article dl, .head { grid-template-columns: minmax(0, 1fr); gap: .1rem; }
          article dd, .head dd { margin-bottom: .5rem; } }
        @media print {
          :root { color-scheme: light; --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --code: #f4f4f4;
            --held: #0b5c39; --broken: #9a1b14; --inconclusive: #704800; --quiet: #333; }
          body { font-size: 10.5pt; } main { max-width: none; padding: 0; } h2 { break-after: avoid; } a { text-decoration: none; }
          * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } @page { margin: 16mm 15mm; }
        }
        """;
}
