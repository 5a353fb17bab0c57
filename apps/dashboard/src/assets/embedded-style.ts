import { chartStyles } from '@sluice/charts';
import { BASE_STYLE } from './style-base.js';
import { PARTS_STYLE } from './style-parts.js';

/** The element that embedded parts stand in. */
const SCOPE = '.sluice';

/** Selectors of the frame of pages, of forms and of links, which the other site has its own rules for. */
const OF_PAGES = new RegExp(
  [
    '^(html|body|main|h1|a|input|select|label|:focus-visible)(?![\\w-])',
    '^\\.(skip|frame|side|brand|nav|who|footer|languages|login|card|columns|scroll)\\b',
    '^\\.(form|field|hint|button|buttons|choices|actions|link|pager|progress)\\b',
  ].join('|'),
);

/** What modules put around the parts. */
const AROUND_STYLE = `
.scroll { overflow-x: auto; }
.sluice-part { margin-block-end: var(--gap); }
.sluice-fault { padding: 8px 13px; border-inline-start: 4px solid var(--warning-fill); background: var(--warning-ground); color: var(--text); }
`;

/**
 * Returns the style sheet of embedded parts: the rules of our pages, for elements inside one with the class `sluice` only.
 * It is light, as the sites that it is made for.
 */
export function embeddedStyle(): string {
  const pages = `${BASE_STYLE}${PARTS_STYLE}${chartStyles('light')}`.replace(/\/\*[\s\S]*?\*\//g, '');
  const own = scopedRules(pages, (selector) => !OF_PAGES.test(selector));
  const around = scopedRules(AROUND_STYLE, () => true);
  return `${[...own, ...around].join('\n')}\n`.replace('color-scheme: light dark', 'color-scheme: light');
}

interface Rule {
  head: string;
  body: string;
}

function scopedRules(css: string, isOurs: (selector: string) => boolean): string[] {
  return toRules(css).flatMap(({ head, body }) => {
    if (/prefers-color-scheme|prefers-reduced-motion|^@media print/.test(head)) return [];
    if (head.startsWith('@')) {
      const inner = scopedRules(body, isOurs);
      return inner.length === 0 ? [] : [`${head} {`, ...inner.map((line) => `  ${line}`), '}'];
    }
    const selectors = toSelectors(head).filter(isOurs);
    return selectors.length === 0
      ? []
      : [`${selectors.map(scoped).join(', ')} { ${body.replace(/\s+/g, ' ').trim()} }`];
  });
}

/** Splits a style sheet into its rules; those inside `@media` stay in its body. */
function toRules(css: string): Rule[] {
  const rules: Rule[] = [];
  let [start, depth, open] = [0, 0, 0];
  for (let at = 0; at < css.length; at++) {
    if (css[at] === '{' && depth++ === 0) open = at;
    if (css[at] !== '}' || --depth > 0) continue;
    rules.push({ head: css.slice(start, open).trim(), body: css.slice(open + 1, at) });
    start = at + 1;
  }
  return rules;
}

/** Splits selectors at the commas that are not inside parentheses. */
function toSelectors(head: string): string[] {
  return head.split(/,(?![^(]*\))/).map((selector) => selector.trim());
}

function scoped(selector: string): string {
  return selector === ':root' ? SCOPE : `${SCOPE} ${selector}`;
}
