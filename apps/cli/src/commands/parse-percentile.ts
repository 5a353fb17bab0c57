import type { CycleView } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import type { Terminal } from '../terminal/terminal.js';

type Rates = CycleView['rates'];

/** Returns the value of `--percentile`, such as 95 or 95%; undefined where it is not used. */
export function parsePercentile(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const figure = /^\d{1,3}(\.\d{1,3})?%?$/.test(text) ? Number(text.replace('%', '')) : NaN;
  if (figure > 0 && figure <= 100) return figure;
  throw usageError('bad_option', `--percentile: "${text}" is not a percentage above 0 and at most 100, such as 95`);
}

/** Prints what the rates of a list are, where it has some. */
export function printRates(terminal: Terminal, of: string, rows: readonly { rates?: Rates }[]): void {
  const all = rows.flatMap(({ rates }) => rates ?? []);
  const [first] = all;
  if (first === undefined) return;
  const known = all.flatMap(({ intervalSeconds }) => intervalSeconds ?? []);
  if (known.length === 0) {
    terminal.line(`The readings of these ${of} say nothing of rates.`);
    return;
  }
  const [shortest, longest] = [Math.min(...known), Math.max(...known)].map((seconds) => `${seconds / 60}`);
  const lengths = shortest === longest ? shortest : `${shortest} to ${longest}`;
  terminal.line(
    `Rates: ${first.percent}% of the known intervals of ${lengths} minutes had at most so much (nearest rank)`,
  );
}
