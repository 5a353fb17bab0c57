import type { Pair } from '@sluice/engine/options';
import { usageError } from '@sluice/panel-kind/errors';
import { readStdinText } from '../terminal/files/read-input.js';
import type { Deps } from '../context.js';

/** Names of fields whose values others must not see. */
const SECRET = /passw|secret|senha|token/i;

/** Parses `KEY=VALUE`. */
export function parsePair(text: string): Pair {
  const at = text.indexOf('=');
  if (at < 0) throw usageError('bad_pair', `"${text}" is not KEY=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Parses `KEY=VALUE…`. */
export function parsePairs(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(pairs.map(parsePair));
}

/**
 * Parses `KEY=VALUE…` of fields of which some are secret: their value is `-`, and is read from standard input without a line break
 * at its end.
 *
 * @throws SluiceError `bad_pair` where a secret is on the command line, or two are to be read
 */
export async function readPairs(
  pairs: readonly string[],
  deps: Pick<Deps, 'readStdin'>,
): Promise<Record<string, string>> {
  const values = parsePairs(pairs);
  const secrets = Object.entries(values).filter(([key, value]) => SECRET.test(key) && value !== '');
  for (const [key, value] of secrets) {
    if (value === '-') continue;
    throw usageError(
      'bad_pair',
      `${key}: others can see a secret on the command line; use ${key}=- and hand it over on standard input. Nothing was changed`,
      { key },
    );
  }
  const [first, second] = secrets;
  if (second !== undefined)
    throw usageError(
      'bad_pair',
      `Only one of ${secrets.map(([key]) => key).join(', ')} can be read from standard input`,
    );
  if (first === undefined) return values;
  const secret = (await readStdinText(deps)).replace(/\r?\n$/, '');
  if (secret === '')
    throw usageError('bad_pair', `${first[0]}: standard input is empty; nothing was changed`, { key: first[0] });
  return { ...values, [first[0]]: secret };
}
