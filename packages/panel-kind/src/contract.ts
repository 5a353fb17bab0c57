import { formatBytes } from '@sluice/quota-core';
import { toItemError } from './errors.js';
import type { ContractReport } from './facets.js';

/** A check of a contract. */
export type ContractCheck = ContractReport['checks'][number];

/** Returns a figure as people read it, with the bytes behind: `1.50 GB (1610612736 bytes)`. */
export function describeBytes(bytes: number | null): string {
  if (bytes === null) return 'unknown';
  const text = Number.isSafeInteger(bytes) && bytes >= 0 ? formatBytes(bytes) : null;
  return text === null || text === `${bytes} B` ? `${bytes} bytes` : `${text} (${bytes} bytes)`;
}

/**
 * Runs a check of a contract. An error that `isExpected` accepts is a failed check, so that one endpoint or service does not
 * end the others; any other error is thrown.
 */
export async function runCheck(
  { name, object }: Pick<ContractCheck, 'name' | 'object'>,
  isExpected: (error: unknown) => boolean,
  check: () => Promise<Omit<ContractCheck, 'name' | 'object'>>,
): Promise<ContractCheck> {
  try {
    return { name, object, ...(await check()) };
  } catch (error) {
    if (!isExpected(error)) throw error;
    const { code, message } = toItemError(error);
    return { name, object, status: 'failed', message: `${code}: ${message}` };
  }
}
