import type { CallBillRecord } from '@sluice/state-store';
import { ownsAccount } from '../../kernel/subject/account.js';
import type { Context } from '../../context/context.js';
import { isByHand } from '../billing/by-hand.js';
import { isFinal } from './due.js';
import type { Line } from '../telephony/find-line.js';

/** By how much the clock of a panel may be behind. */
const CLOCK_MS = 86_400_000;

/**
 * Returns whether it is known from when on a line is billed here, also on a panel without `billFrom`: by its first bill, or since Sluice
 * made it. What was called before is another system's to bill.
 */
export async function knowsFirstDay(
  context: Context,
  { telephony, service }: Line,
  { bills, createdAt }: { bills: readonly CallBillRecord[]; createdAt: string },
): Promise<boolean> {
  if (telephony.billFrom !== null || bills.some((bill) => isFinal(bill) && !isByHand(bill))) return true;
  const { kind } = await context.panel(service.panel);
  // One that was taken over is older than its service.
  return ownsAccount(kind, service) && Date.parse(createdAt) > Date.parse(service.createdAt) - CLOCK_MS;
}
