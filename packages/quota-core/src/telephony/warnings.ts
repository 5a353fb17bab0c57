import { isAmount } from './amounts.js';
import { instantMs } from './local-time.js';
import type { CallRecord, Disposition } from './records.js';

/** What is odd about a record that counts all the same. */
export type CallWarning =
  | 'charged-unanswered'
  | 'answered-without-talk'
  | 'talk-longer-than-duration'
  | 'ends-before-start'
  | 'unknown-disposition';

/** Dispositions of calls that nobody answered. */
export const UNANSWERED: ReadonlySet<Disposition> = new Set(['NO ANSWER', 'BUSY', 'FAILED', 'CONGESTION']);

/** Returns what is odd about a call's record. Its charge counts as the system says. */
export function callWarnings(call: CallRecord): CallWarning[] {
  const answered = call.disposition === 'ANSWERED';
  const known = answered || UNANSWERED.has(call.disposition);
  const charged = call.charge !== null && isAmount(call.charge) && /[1-9]/.test(call.charge);
  const found: [CallWarning, boolean][] = [
    ['charged-unanswered', charged && known && (!answered || call.talkSeconds === 0)],
    ['answered-without-talk', answered && call.talkSeconds === 0],
    ['talk-longer-than-duration', call.durationSeconds !== null && call.talkSeconds > call.durationSeconds],
    ['ends-before-start', endsBeforeStart(call)],
    ['unknown-disposition', !known],
  ];
  return found.filter(([, is]) => is).map(([warning]) => warning);
}

function endsBeforeStart({ startedAt, answeredAt, endedAt }: CallRecord): boolean {
  const times = [startedAt, answeredAt, endedAt].map((text) => (text === null ? null : instantMs(text)));
  const known = times.filter((ms) => ms !== null);
  return known.some((ms, index) => index > 0 && ms < (known[index - 1] ?? ms));
}
