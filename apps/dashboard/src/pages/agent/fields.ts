import { findNameProblem } from '@sluice/engine/words';
import { type Key, type Said, say } from '@sluice/messages';
import { printable } from '@sluice/panel-http/printable';
import { QuotaCoreError, toAsciiDigits } from '@sluice/quota-core';
import type { SluiceError } from '@sluice/panel-kind';
import type { Wording } from '../../layout/wording.js';
import { clientError } from '../../server/failure.js';

/** Most of a user: days as its panel has them, and bytes as the API has them. */
const [MOST_DAYS, MOST_BYTES] = [10_000, 1024 ** 5];

/** Most characters of a field that its refusal repeats. */
const MOST_SHOWN = 40;

type Values = Readonly<Record<string, string>>;

/** A field that may be left empty where it is not required. */
interface Asks {
  isRequired: boolean;
}

/** Returns the refusal of a field, with what was typed, where that is shown again. */
function refuse(field: string, problem: Key & `problem.${string}`, typed = ''): SluiceError {
  const why: Said = { ...say('problem.value'), key: problem };
  const shown = printable(typed.trim()).slice(0, MOST_SHOWN);
  const said = shown === '' ? why : say('problem.typed', { problem: why, typed: shown });
  return clientError('bad_value', said, { kind: 'usage', details: { field } });
}

/** Returns the name of a new user. */
export function parseName({ name = '' }: Values): string {
  if (findNameProblem(name) !== null) throw refuse('name', 'problem.userName');
  return name.trim();
}

/** Returns traffic in bytes, as its reader writes sizes; of an empty field 0, where it may be empty. */
export function parseTraffic({ traffic = '' }: Values, { texts }: Wording, { isRequired }: Asks): number {
  if (traffic.trim() === '' && !isRequired) return 0;
  const bytes = readBytes(traffic, texts);
  if (bytes === 0 || bytes > MOST_BYTES) throw refuse('traffic', 'problem.userTraffic', traffic);
  return bytes;
}

function readBytes(text: string, texts: Wording['texts']): number {
  try {
    return texts.readBytes(text);
  } catch (error) {
    if (!(error instanceof QuotaCoreError)) throw error;
    return 0;
  }
}

/** Returns a number of days; of an empty field 0, where it may be empty. */
export function parseDays({ days = '' }: Values, { isRequired }: Asks): number {
  const text = toAsciiDigits(days).trim();
  if (text === '' && !isRequired) return 0;
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (count === 0 || count > MOST_DAYS) throw refuse('days', 'problem.userDays', days);
  return count;
}
