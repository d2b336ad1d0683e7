/// The look of the page: one style sheet, no fonts, images or scripts from anywhere.
enum ReportStyle {
  static let css = """
    :root{--ink:#1b2430;--soft:#5c6877;--faint:#8b96a5;--line:#e3e8ee;--paper:#fff;--ground:#f4f6f9;--accent:#2f5fb3;
    --good:#2e8b6f;--warn:#c9822b;--bad:#c0463f;--muted:#b9c3d0}
    @media (prefers-color-scheme:dark){:root{--ink:#e6ebf2;--soft:#a5b1c0;--faint:#7d8a9a;--line:#2b3542;--paper:#1a212b;
    --ground:#12171e;--accent:#7ba4ea;--good:#58b796;--warn:#dfa456;--bad:#e0766f;--muted:#465262}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,
    "Helvetica Neue",Arial,sans-serif}
    main{max-width:1040px;margin:0 auto;padding:28px 20px 60px}
    header{margin:8px 0 20px}
    header p.eyebrow{margin:0;color:var(--soft);font-size:13px;letter-spacing:.06em;text-transform:uppercase}
    h1{font-size:30px;line-height:1.2;margin:2px 0 10px;font-weight:650;letter-spacing:-.01em}
    header p.lead{font-size:17px;max-width:760px;margin:0;color:var(--ink)}
    .badge{display:inline-block;vertical-align:middle;margin-left:12px;padding:3px 11px;border-radius:20px;font-size:13px;
    font-weight:600;letter-spacing:0}
    .badge.good{background:color-mix(in srgb,var(--good) 16%,transparent);color:var(--good)}
    .badge.warn{background:color-mix(in srgb,var(--warn) 18%,transparent);color:var(--warn)}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:12px;margin:22px 0}
    .tile{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:14px 16px}
    .tile b{display:block;font-size:25px;font-weight:640;line-height:1.25;font-variant-numeric:tabular-nums}
    .tile span{color:var(--soft);font-size:13px}
    section{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:18px 22px 20px;margin:16px 0}
    h2{font-size:18px;margin:0 0 2px;font-weight:640}
    h3{font-size:14px;margin:18px 0 6px;color:var(--soft);font-weight:600}
    p.note{color:var(--soft);font-size:13.5px;margin:2px 0 12px;max-width:760px}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums}
    th{font-weight:600;color:var(--soft);font-size:12.5px;text-align:left;border-bottom:1px solid var(--line);
    padding:6px 28px 6px 0;vertical-align:bottom;white-space:nowrap}
    td{border-bottom:1px solid var(--line);padding:6px 28px 6px 0;vertical-align:top}
    tr:last-child td{border-bottom:0}
    tr.sum td{font-weight:640;border-top:1px solid var(--muted)}
    .number{text-align:right}
    code,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12.5px;word-break:break-all}
    ul.warnings{list-style:none;margin:8px 0 0;padding:0}
    ul.warnings li{border-left:3px solid var(--warn);padding:3px 0 3px 12px;margin:7px 0}
    ul.warnings li b{font-weight:600;color:var(--warn);margin-right:8px}
    details{margin-top:12px}summary{cursor:pointer;color:var(--accent);font-size:14px}
    svg.chart{max-width:100%;height:auto;display:block}svg.stack{display:block}
    svg text{font-size:12px;fill:var(--ink)}svg text.caption{fill:var(--soft);font-size:11.5px}
    .fill-a{fill:var(--accent)}.fill-good{fill:var(--good)}.fill-warn{fill:var(--warn)}.fill-bad{fill:var(--bad)}
    .fill-muted{fill:var(--muted)}.fill-none{fill:var(--line)}
    .mark{stroke:var(--faint);stroke-dasharray:3 3}
    .legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:8px 0 0;color:var(--soft);font-size:13px}
    .legend i{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:6px;vertical-align:-1px}
    .bg-good{background:var(--good)}.bg-warn{background:var(--warn)}.bg-bad{background:var(--bad)}
    .bg-muted{background:var(--muted)}.bg-none{background:var(--line)}
    footer{color:var(--soft);font-size:13px;margin-top:26px}
    @media print{body{background:#fff}section,.tile{break-inside:avoid}}
    """
}
