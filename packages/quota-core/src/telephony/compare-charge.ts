import { agrees, isAmount, parseAmount, roundAmount } from './amounts.js';
import { TelephonyError } from './errors.js';
import { toLocalTime } from './local-time.js';
import { rateCall, type RatingRules } from './rating.js';
import type { RateTable } from './rates.js';
import type { CallRecord } from './records.js';
import { UNANSWERED } from './warnings.js';

/** A call whose charge is not what the rates say. Null where one side has no figure. */
export interface ChargeDifference {
  id: string;
  /** `no-rate`, `ambiguous-rate`: no rate of ours; `unrated`: no charge of the system. */
  kind: 'charge' | 'no-rate' | 'ambiguous-rate' | 'unrated';
  system: { rateId: string | null; billedSeconds: number | null; charge: string | null };
  expected: { rateId: string; prefix: string; billedSeconds: number; charge: string } | null;
}

/**
 * Compares the charge of a call with the rates of its plan; null when they agree to 4 decimal places, and to the digits that the system
 * keeps. A free incoming
 * call needs no rate. The system's charge stays the one that is billed.
 *
 * @throws TelephonyError `invalid_instant`
 * @throws QuotaCoreError `invalid_time_zone`
 */
export function compareCharge(
  call: CallRecord,
  table: RateTable,
  { timeZone, rules = {} }: { timeZone: string; rules?: RatingRules | undefined },
): ChargeDifference | null {
  const charge = call.charge !== null && isAmount(call.charge) ? toPlaces(call.charge) : null;
  if (call.direction === 'inbound' && charge === '0.0000') return null;
  const system = { rateId: call.rateId, billedSeconds: call.billedSeconds, charge: call.charge };
  const expected = expect(call, table, { timeZone, rules });
  if (typeof expected === 'string') return { id: call.id, kind: expected, system, expected: null };
  if (charge === toPlaces(expected.charge) || agreesIn(rules.digits, call.charge, expected.charge)) return null;
  return { id: call.id, kind: charge === null ? 'unrated' : 'charge', system, expected };
}

function expect(
  call: CallRecord,
  table: RateTable,
  { timeZone, rules }: { timeZone: string; rules: RatingRules },
): NonNullable<ChargeDifference['expected']> | 'no-rate' | 'ambiguous-rate' {
  const day = toLocalTime(call.startedAt, timeZone).slice(0, 10);
  const talkSeconds = UNANSWERED.has(call.disposition) ? 0 : call.talkSeconds;
  try {
    const { rate, ...rated } = rateCall(table, { destination: call.destination ?? '', talkSeconds, day, ...rules });
    return { rateId: rate.id, prefix: rate.prefix, ...rated };
  } catch (error) {
    if (!(error instanceof TelephonyError)) throw error;
    return error.code === 'ambiguous_rate' ? 'ambiguous-rate' : 'no-rate';
  }
}

function agreesIn(digits: number | undefined, charge: string | null, expected: string): boolean {
  if (digits === undefined || charge === null || !isAmount(charge)) return false;
  return agrees(parseAmount(charge, 'the charge'), parseAmount(expected, 'the charge'), digits);
}

function toPlaces(charge: string): string {
  return roundAmount(parseAmount(charge, 'the charge'), 4);
}
