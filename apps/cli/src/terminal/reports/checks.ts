import type { Check } from '@sluice/engine';
import { nameFew } from '@sluice/engine/words';
import { foldSame } from './fold.js';
import type { Terminal } from '../terminal.js';
import { formatCount } from '../words.js';

const MARKS: Record<Check['status'], string> = { ok: '✓', warning: '!', failed: '✗', skipped: '-' };
const SECTIONS: Record<string, string> = {
  config: 'Config',
  store: 'Store',
  queue: 'Queue and workers',
  runs: 'Runs and clock',
  services: 'Services',
  billing: 'Billing',
  notices: 'Notices',
  upgrade: 'Upgrade',
};

/** Prints checks as lines, or as the document of `--json`. */
export function printChecks(terminal: Terminal, ok: boolean, checks: readonly Check[]): void {
  printDocument(terminal, ok, checks);
  for (const check of checks) {
    if (check.status !== 'ok' || !terminal.quiet) terminal.line(toLine(terminal, check));
  }
}

/** Prints checks under the headings of their sections, with a summary; checks of the store that passed are one line. */
export function printSections(terminal: Terminal, ok: boolean, checks: readonly Check[], showAll: boolean): void {
  printDocument(terminal, ok, checks);
  const shown = showAll ? checks : foldChecks(foldStore(checks));
  let section: string | undefined;
  for (const check of shown) {
    if (check.status === 'ok' && terminal.quiet) continue;
    if (check.section !== section) {
      if (section !== undefined) terminal.line();
      section = check.section;
      terminal.line(terminal.colors.bold(toHeading(section ?? '')));
    }
    terminal.line(`  ${toLine(terminal, check)}`);
  }
  const summary = summarize(checks);
  if (summary.isWell && terminal.quiet) return;
  terminal.line();
  terminal.line(summary.text);
}

function printDocument(terminal: Terminal, ok: boolean, checks: readonly Check[]): void {
  const shown = checks.map(({ name, object, status, message }) => ({ name, object, status, message }));
  terminal.document({ ok, checks: shown });
}

function toLine(terminal: Terminal, { name, object, status, message, code, details }: Check): string {
  const text = code === undefined ? message : terminal.describe({ code, message, details });
  const line = `${name} (${object})${text === '' ? '' : `: ${text}`}`;
  return `${terminal.paint(status, MARKS[status])} ${terminal.times.text(line)}`;
}

function toHeading(section: string): string {
  return SECTIONS[section] ?? section.replace(/^panel (.*)$/s, 'Panel "$1"');
}

function foldStore(checks: readonly Check[]): Check[] {
  const passed = checks.filter(({ section, status }) => section === 'store' && status === 'ok');
  const [first] = passed;
  return checks.flatMap((check) => {
    if (!passed.includes(check)) return [check];
    return check === first ? [{ ...check, name: 'store', message: `${passed.length} checks passed` }] : [];
  });
}

/** Names the objects of checks that say the same in one line. */
function foldChecks(checks: readonly Check[]): Check[] {
  const toKey = ({ section, name, status, code, message }: Check): string =>
    JSON.stringify([section, name, status, code, message]);
  return foldSame(checks, toKey, ({ details: _details, ...first }, same) => ({
    ...first,
    object: nameFew(same.map(({ object }) => object)),
  }));
}

function summarize(checks: readonly Check[]): { isWell: boolean; text: string } {
  const count = (status: Check['status']): number => checks.filter((check) => check.status === status).length;
  const parts = [
    [count('failed'), 'problem'],
    [count('warning'), 'warning'],
  ] as const;
  const found = parts.filter(([number]) => number > 0);
  if (found.length === 0) return { isWell: true, text: 'All well.' };
  return {
    isWell: false,
    text: `${found.map(([number, word]) => formatCount(number, word)).join(', ')}.`,
  };
}
