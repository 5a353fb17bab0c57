import { billKey, type BillIdentity, billMarker } from './bill-key.js';

/**
 * Returns the file name of a bill's report, made of the subscriber's id, the local dates of the period, and the digits of
 * the bill's marker: `calls_9001_2026-10-01_2026-11-01_7ee238035258.csv`. It has no character that a path or a shell
 * reads as more than text, and no two bills have the same.
 *
 * @throws TelephonyError `invalid_key`
 */
export function reportFileName(bill: BillIdentity): string {
  const id = bill.subscriberId.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 64);
  const digits = billMarker(billKey(bill)).slice(3);
  return `calls_${id}_${bill.period.start.slice(0, 10)}_${bill.period.end.slice(0, 10)}_${digits}.csv`;
}
