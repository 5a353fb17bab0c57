import type { CallBillRecord } from '@sluice/state-store';

/** Begins the note of a bill without an invoice: a person has charged its calls, and no other bill is made of them. */
export const BY_HAND = 'by-hand';

/** Whether a bill stands for calls that a person has charged. */
export function isByHand({ note }: Pick<CallBillRecord, 'note'>): boolean {
  return note === BY_HAND || note?.startsWith(`${BY_HAND}: `) === true;
}
