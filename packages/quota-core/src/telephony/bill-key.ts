import { createHash } from 'node:crypto';
import { quote } from '../errors.js';
import { TelephonyError } from './errors.js';
import { lineMarker } from '../line-marker.js';
import type { BillPeriod } from './periods.js';

const LOCAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/;

/** What makes a bill the only one of its kind. */
export interface BillIdentity {
  /** Name of the telephony system's installation; must not have `|`. */
  installation: string;
  subscriberId: string;
  period: Pick<BillPeriod, 'start' | 'end'>;
}

/**
 * Returns the key of a bill: `sha256:` and 64 hexadecimal digits. Bills of one subscriber and period have the same key.
 *
 * @throws TelephonyError `invalid_key`
 */
export function billKey({ installation, subscriberId, period }: BillIdentity): string {
  // Without `|` in the first part, no other subscriber and installation have the same text.
  if (installation === '' || installation.includes('|')) {
    throw new TelephonyError(
      'invalid_key',
      `${quote(installation)} can't name an installation: write a name without "|"`,
    );
  }
  if (subscriberId === '') throw new TelephonyError('invalid_key', 'a bill needs the id of its subscriber');
  const odd = [period.start, period.end].find((time) => !LOCAL_TIME.test(time));
  if (odd !== undefined) {
    throw new TelephonyError('invalid_key', `${quote(odd)} is not a local time with offset, in whole seconds`);
  }
  return sha256([installation, subscriberId, period.start, period.end, 'v1'].join('|'));
}

/**
 * Returns the file name of a bill's report, made of the subscriber's id, the local dates of the period (with the time where it
 * is cut inside a day), and the digits of the bill's marker: `calls_9001_2026-10-01_2026-11-01_7ee238035258.csv`. It has no character that a path or a shell
 * reads as more than text, and no two bills have the same.
 *
 * @param bill.key of a stored bill; default: the one of its installation and period
 * @throws TelephonyError `invalid_key`
 */
export function reportFileName(bill: BillIdentity & { key?: string | undefined }): string {
  const id = bill.subscriberId.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 64);
  const digits = /^AB:(.*)/.exec(lineMarker(bill.key ?? billKey(bill)))?.[1];
  if (digits === undefined) throw new TelephonyError('invalid_key', `${quote(bill.key)} is not the key of a bill`);
  return `calls_${id}_${toNamePart(bill.period.start)}_${toNamePart(bill.period.end)}_${digits}.csv`;
}

/** Returns a bound of a period, a local time, as a part of a file's name: `2026-11-24`, or `2026-11-24-092705` inside a day. */
export function toNamePart(local: string): string {
  const [day, time] = [local.slice(0, 10), local.slice(11, 19)];
  return time === '00:00:00' ? day : `${day}-${time.replaceAll(':', '')}`;
}

/**
 * The digest of the ids of a bill's calls. A later run compares it to detect calls that arrived late. Add them in the order of the
 * report: by start, then id.
 */
export class IdsDigest {
  readonly #hash = createHash('sha256');
  #first = true;

  /** Adds the id of the next call. */
  add(id: string): void {
    this.#hash.update(this.#first ? id : `\n${id}`);
    this.#first = false;
  }

  /** Returns `sha256:` and 64 hexadecimal digits of the ids so far. */
  digest(): string {
    return `sha256:${this.#hash.copy().digest('hex')}`;
  }
}

function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
