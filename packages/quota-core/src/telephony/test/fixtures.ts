import { readFileSync } from 'node:fs';
import { catching } from '../../test/catch-code.js';
import { type CallRecord, type Rate, TelephonyError } from '../index.js';

/** The parsed document of a file of `fixtures/`. */
export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../fixtures/${name}.json`, import.meta.url), 'utf8'));
}

/** The code of the TelephonyError that `run` throws. */
export const catchCode = catching(TelephonyError);

/** Records of a page of call records, with the names of the library and instants in UTC. */
export function calls(name: string): CallRecord[] {
  return (fixture(name) as { data: Record<string, unknown>[] }).data.map(toCall);
}

export function rates(): Rate[] {
  return (fixture('rates.list') as { data: Record<string, unknown>[] }).data.map(
    (wire) => ({ ...camelCase(wire), extra: {} }) as unknown as Rate,
  );
}

function toCall(wire: Record<string, unknown>): CallRecord {
  const call = camelCase(wire) as unknown as CallRecord;
  const utc = (text: string | null): string | null => (text === null ? null : new Date(text).toISOString());
  return { ...call, startedAt: utc(call.startedAt)!, answeredAt: utc(call.answeredAt), endedAt: utc(call.endedAt) };
}

function camelCase(wire: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(wire).map(([key, value]) => [
      key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}

/** An answered call of one minute on 5 October 2026. */
export function call(changes: Partial<CallRecord> = {}): CallRecord {
  return {
    id: '1',
    uniqueId: null,
    direction: 'outbound',
    subscriberId: '9001',
    username: 'joao1042',
    source: '+551140001234',
    destination: '+551133334444',
    destinationDescription: null,
    did: null,
    carrierId: null,
    trunkId: null,
    rateId: '702',
    prefix: '5511',
    startedAt: '2026-10-05T12:00:00.000Z',
    answeredAt: '2026-10-05T12:00:05.000Z',
    endedAt: '2026-10-05T12:01:05.000Z',
    durationSeconds: 65,
    talkSeconds: 60,
    billedSeconds: 60,
    pricePerMinute: '0.080000',
    charge: '0.0800',
    currency: 'BRL',
    disposition: 'ANSWERED',
    ...changes,
  };
}

export const OCTOBER = { start: '2026-10-01T00:00:00-03:00', end: '2026-11-01T00:00:00-03:00' };
