/** Colours, type and frame of all pages. Logical properties only, so that it reads in both directions. */
export const BASE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --surface: #ffffff; --raised: #eef0f4; --line: #dde1e8; --strong-line: #767f8f;
  --text: #1b2230; --soft: #566073; --link: #0b5cad; --accent: #0b5cad; --on-accent: #ffffff;
  --good: #1a6b3c; --good-fill: #2f9e5b; --good-ground: #e3f4ea;
  --warning: #855100; --warning-fill: #d98a00; --warning-ground: #fdf1d9;
  --bad: #a8201f; --bad-fill: #d63a38; --bad-ground: #fdE8e7;
  --info: #27509b; --info-ground: #e6eefb; --quiet-ground: #eceff3;
  --radius: 6px; --gap: 16px; --side: 208px;
  --scroll-shadows: linear-gradient(to right, var(--surface) 40%, transparent) left / 48px calc(100% + 2px) no-repeat local,
    linear-gradient(to left, var(--surface) 40%, transparent) right / 48px calc(100% + 2px) no-repeat local,
    linear-gradient(to right, var(--strong-line), transparent) left / 10px 100% no-repeat scroll,
    linear-gradient(to left, var(--strong-line), transparent) right / 10px 100% no-repeat scroll;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #11151c; --surface: #191f29; --raised: #222a36; --line: #2d3645; --strong-line: #8993a5;
    --text: #e5e9f0; --soft: #a3adbd; --link: #7fb8f5; --accent: #7fb8f5; --on-accent: #0d1520;
    --good: #7fd6a2; --good-fill: #3da868; --good-ground: #17301f;
    --warning: #f0bd62; --warning-fill: #d99a2b; --warning-ground: #362a12;
    --bad: #ff9d98; --bad-fill: #e0524f; --bad-ground: #3c1a1b;
    --info: #9cc2ff; --info-ground: #18294a; --quiet-ground: #262e3a;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { font-size: 100%; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; min-block-size: 100vh; display: flex; flex-direction: column;
  background: var(--page); color: var(--text);
  font: 0.875rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Vazirmatn", "DejaVu Sans", sans-serif;
  overflow-wrap: break-word;
}
a { color: var(--link); text-underline-offset: 2px; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }
h1 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 var(--gap); font-weight: 650; letter-spacing: -0.01em; }
html[dir="rtl"] h1 { text-align: right; }
h2 { font-size: 0.9375rem; line-height: 1.3; margin: 0; font-weight: 650; }
h3 { font-size: 0.875rem; margin: var(--gap) 0 6px; font-weight: 650; }
p { margin: 0 0 10px; }
code { font-family: ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace; font-size: 0.92em; }
.number, .figure, time { font-variant-numeric: tabular-nums; }
.number, .figure, table time { white-space: nowrap; }
.unknown { color: var(--warning); font-style: italic; }
.none { color: var(--soft); }
.soft { color: var(--soft); }
.visually-hidden, .skip:not(:focus) {
  position: absolute; inline-size: 1px; block-size: 1px; margin: -1px; padding: 0; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; border: 0;
}
.skip:focus {
  position: absolute; inset-block-start: 8px; inset-inline-start: 8px; z-index: 9; padding: 8px 14px;
  background: var(--surface); border: 1px solid var(--strong-line); border-radius: var(--radius);
}
.frame { flex: 1; display: flex; flex-direction: column; }
main { flex: 1; min-inline-size: 0; padding: var(--gap); inline-size: 100%; }
.side { background: var(--surface); border-block-end: 1px solid var(--line); padding: 10px var(--gap); }
.brand a, .brand span { color: var(--text); font-size: 1.0625rem; font-weight: 700; text-decoration: none; letter-spacing: -0.01em; }
.brand > :has(img) { display: flex; flex-wrap: wrap; gap: 6px 10px; align-items: center; }
.brand img { block-size: 32px; inline-size: auto; max-inline-size: 100%; object-fit: contain; }
.nav {
  display: flex; gap: 4px; overflow-x: auto; margin-block-start: 6px; padding-block: 2px 4px;
  background: var(--scroll-shadows);
}
.nav ul { display: flex; gap: 2px; list-style: none; margin: 0; padding: 0; }
.nav-title { display: none; }
.nav a {
  display: block; padding: 5px 9px; border-radius: var(--radius); color: var(--soft); text-decoration: none; white-space: nowrap;
}
.nav a:hover { background: var(--raised); color: var(--text); }
.nav a[aria-current] { background: var(--raised); color: var(--text); font-weight: 600; }
.who { display: flex; gap: 10px; align-items: baseline; justify-content: space-between; color: var(--soft); font-size: 0.8125rem; margin-block-start: 4px; }
.who form { margin: 0; }
.link { border: 0; padding: 2px 0; background: none; font: inherit; color: var(--link); text-decoration: underline; cursor: pointer; }
.footer {
  display: flex; flex-wrap: wrap; gap: 4px 18px; justify-content: space-between; padding: 10px var(--gap);
  border-block-start: 1px solid var(--line); color: var(--soft); font-size: 0.8125rem;
}
.languages { display: flex; flex-wrap: wrap; gap: 2px 12px; }
.languages a { color: inherit; padding-block: 2px; }
.languages a[aria-current], .buttons a[aria-current] { color: var(--text); text-decoration: none; font-weight: 600; }
@media (min-width: 60rem) {
  .frame { flex-direction: row; }
  .side {
    inline-size: var(--side); flex: none; border-block-end: 0; border-inline-end: 1px solid var(--line);
    padding: var(--gap) 12px; display: flex; flex-direction: column; gap: 14px;
    position: sticky; inset-block-start: 0; align-self: flex-start; block-size: 100vh; overflow-y: auto;
  }
  .brand { padding-inline: 9px; }
  .nav { flex-direction: column; gap: 0; overflow: visible; margin: 0; padding: 0; background: none; }
  .nav ul { flex-direction: column; gap: 1px; margin-block-end: 12px; }
  .nav-title { display: block; padding: 0 9px 4px; color: var(--soft); font-size: 0.75rem; font-weight: 600; }
  .who { flex-direction: column; align-items: flex-start; gap: 2px; margin-block-start: auto; padding: 10px 9px 0; border-block-start: 1px solid var(--line); }
  main { padding: 20px 24px 28px; max-inline-size: 90rem; }
  .footer { margin-inline-start: var(--side); padding-inline: 24px; }
}
@media (prefers-reduced-motion: no-preference) { .nav a, .button { transition: background-color 120ms; } }
`;
