/**
 * The style sheet of the report. The colours of the families keep apart for all kinds of colour vision (after Okabe & Ito,
 * "Color universal design", 2008), and have a lighter twin for dark pages.
 */
export const STYLE = `
:root {
  --paper: #fbfaf7; --ink: #1d1f24; --soft: #63666f; --line: #dedbd3; --panel: #ffffff; --accent: #8a3b12;
  --convolution: #c4500a; --gram: #0067a5; --loss: #b0579a; --layer: #00805f; --optimiser: #7a5c00; --other: #7b7f88;
  --slower: #b3261e; --faster: #00704f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16171b; --ink: #e9e7e1; --soft: #a3a5ad; --line: #34363d; --panel: #1e2025; --accent: #f0a070;
    --convolution: #ff9a56; --gram: #63b7f2; --loss: #e39ad0; --layer: #3fc79b; --optimiser: #e0be4e; --other: #9a9ea8;
    --slower: #ff8a80; --faster: #4fd1a5;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', sans-serif;
}
header, main, footer { max-width: 1160px; margin: 0 auto; padding: 0 28px; }
header { padding-top: 44px; }
.eyebrow { margin: 0; color: var(--accent); font-weight: 600; letter-spacing: .04em; }
h1 { margin: 4px 0 10px; font: 600 30px/1.2 Georgia, 'Iowan Old Style', serif; overflow-wrap: anywhere; }
h2 { margin: 0 0 8px; font: 600 21px/1.3 Georgia, 'Iowan Old Style', serif; }
p { max-width: 76ch; margin: 0 0 12px; }
.facts { display: flex; flex-wrap: wrap; gap: 2px 18px; max-width: none; color: var(--soft); }
section { margin: 0 0 44px; }
footer { padding-bottom: 40px; color: var(--soft); border-top: 1px solid var(--line); padding-top: 18px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 12px; margin: 26px 0 40px; padding: 0; list-style: none; }
.tiles li { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; }
.tiles strong { font-size: 27px; font-weight: 600; font-variant-numeric: tabular-nums; }
.unit, .what { color: var(--soft); }
.what { display: block; font-size: 13px; }
figure { margin: 0; background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 10px; position: relative; }
.roofline { display: block; width: 100%; height: auto; font-size: 13px; }
.grid { stroke: var(--line); stroke-width: 1; }
.tick, .roofline .title { fill: var(--soft); }
.roof line { stroke: var(--soft); stroke-width: 1.3; stroke-dasharray: 5 4; }
.roof.main line { stroke: var(--ink); stroke-width: 2.2; stroke-dasharray: none; }
.roof text { fill: var(--soft); }
.roof.main text { fill: var(--ink); font-weight: 600; }
.convolution { --colour: var(--convolution); } .gram { --colour: var(--gram); } .loss { --colour: var(--loss); }
.layer { --colour: var(--layer); } .optimiser { --colour: var(--optimiser); } .other { --colour: var(--other); }
.point { cursor: default; outline: none; }
.point circle { fill: var(--colour); fill-opacity: .8; stroke: var(--colour); stroke-width: 1.6; }
.point.backward circle { fill: var(--panel); fill-opacity: .55; }
.point:hover circle, .point:focus circle { stroke: var(--ink); stroke-width: 3; fill-opacity: 1; }
.point.away { display: none; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0 0 10px; padding: 0; list-style: none; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: 7px; }
.legend button { all: unset; display: flex; align-items: center; gap: 7px; cursor: pointer; }
.legend button:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 3px; }
.legend button[aria-pressed='false'] { opacity: .4; text-decoration: line-through; }
.legend i { width: 11px; height: 11px; border-radius: 50%; background: var(--colour); border: 2px solid var(--colour); }
.legend .key { --colour: var(--soft); }
.legend .backward i { background: none; }
.tip {
  position: absolute; pointer-events: none; max-width: 340px; white-space: pre-line; font-size: 13px; line-height: 1.45;
  background: var(--ink); color: var(--paper); padding: 8px 11px; border-radius: 7px;
}
.scroll { overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 10px; margin: 0 0 12px; }
table { width: 100%; border-collapse: collapse; font-size: 13.5px; }
th, td { padding: 5px 12px; text-align: left; white-space: nowrap; }
th { color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--line); }
tbody tr + tr td { border-top: 1px solid color-mix(in srgb, var(--line) 55%, transparent); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
th[aria-sort] { color: var(--ink); }
th button { all: unset; cursor: pointer; }
th button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
th[aria-sort='ascending'] button::after { content: ' ↑'; }
th[aria-sort='descending'] button::after { content: ' ↓'; }
.filter { width: 100%; max-width: 340px; margin: 0 0 10px; padding: 7px 12px; font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.dot { display: inline-block; width: 8px; height: 8px; border-radius: 50%; margin-right: 8px; background: var(--colour); }
.share { display: inline-block; width: 64px; height: 7px; margin-right: 8px; border-radius: 4px; background: var(--line); overflow: hidden; }
.share i { display: block; height: 100%; background: var(--accent); }
.share + b { display: inline-block; min-width: 3.6em; font-weight: inherit; }
.verdict.slower { color: var(--slower); font-weight: 600; }
.verdict.faster { color: var(--faster); font-weight: 600; }
.verdict.same { color: var(--soft); }
details { margin: 0 0 10px; }
summary { cursor: pointer; color: var(--soft); margin: 0 0 8px; }
@media print { .filter, .tip { display: none; } section { break-inside: avoid-page; } }
`;
