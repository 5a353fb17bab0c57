import { windowBegin } from './calendar.js';

/** A call in cents, and who pays it: he who had the line when it began; null: nobody had. */
export interface OwnedCall {
  startedAt: number;
  endedAt: number;
  cents: number;
  client: string | null;
  service: string | null;
}

/** A line of the system and its service. */
export interface Line {
  /** Id on the panel. */
  id: string;
  number: string;
  /** Id of the service in WHMCS. */
  service: number;
  client: string;
  product: LineProduct;
  manual: boolean;
  calls: OwnedCall[];
  /** Until then a limit of before may still hold, or the window is not certain. */
  unsureUntil: number;
}

/** Products and what they allow per day, in cents. */
export const LINE_PRODUCTS = { line: { id: 10, daily: null }, capped: { id: 11, daily: 2000 } } as const;
export type LineProduct = keyof typeof LINE_PRODUCTS;

/** Returns cents as an invoice has them. */
export const toAmount = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

/** Returns an amount in cents. */
export const toCents = (amount: string): number => Math.round(Number(amount) * 100);

/** Returns what a client owes of calls. */
export function owedBy(client: string, calls: readonly OwnedCall[]): number {
  return calls.reduce((sum, call) => (call.client === client ? sum + call.cents : sum), 0);
}

/** Returns whether the line should be out of order now; null where it is not known. */
export function isSuspended(line: Line, now: number, timeZone: string): boolean | null {
  if (line.manual) return true;
  if (now < line.unsureUntil) return null;
  const { daily } = LINE_PRODUCTS[line.product];
  if (daily === null) return false;
  const begin = windowBegin('day', now, timeZone);
  const own = line.calls.filter(({ service, endedAt }) => service === `whmcs-${line.service}` && endedAt >= begin);
  return own.reduce((sum, { cents }) => sum + cents, 0) >= daily;
}
