import { findNameProblem } from '@sluice/engine/words';
import { type Key, say } from '@sluice/messages';
import { parseSize, toAsciiDigits } from '@sluice/quota-core';
import type { SluiceError } from '@sluice/panel-kind';
import { clientError } from '../../server/failure.js';

/** Most days of a user, as its panel has them. */
const MOST_DAYS = 10_000;

type Values = Readonly<Record<string, string>>;

function refuse(field: string, key: Key & `problem.${string}`): SluiceError {
  return clientError('bad_value', { ...say('problem.value'), key }, { kind: 'usage', details: { field } });
}

/** Returns what was typed, with the digits and the decimal sign of Persian and Arabic keyboards as ASCII. */
function toPlain(text: string): string {
  return toAsciiDigits(text).replaceAll('\u066B', '.').trim();
}

/** Returns the name of a new user. */
export function parseName({ name = '' }: Values): string {
  if (findNameProblem(name) !== null) throw refuse('name', 'problem.userName');
  return name.trim();
}

/** Returns traffic in bytes, of a number of GB; of an empty field 0, where it may be empty. */
export function parseTraffic({ traffic = '' }: Values, { isRequired }: { isRequired: boolean }): number {
  const text = toPlain(traffic);
  if (text === '' && !isRequired) return 0;
  const bytes = /^\d{1,6}(?:[.,]\d{1,3})?$/.test(text) ? parseSize(`${text.replace(',', '.')}GB`) : 0;
  if (bytes === 0) throw refuse('traffic', 'problem.userTraffic');
  return bytes;
}

/** Returns a number of days; of an empty field 0, where it may be empty. */
export function parseDays({ days = '' }: Values, { isRequired }: { isRequired: boolean }): number {
  const text = toPlain(days);
  if (text === '' && !isRequired) return 0;
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (count === 0 || count > MOST_DAYS) throw refuse('days', 'problem.userDays');
  return count;
}
