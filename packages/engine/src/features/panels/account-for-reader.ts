import type { AccountView } from '@sluice/panel-kind';
import type { DecisionRecord, ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { isOfReader, type Reader } from '../../context/reader.js';
import { findCheckpoint } from '../../kernel/subject/history.js';
import { findAddress } from './customer-address.js';

/** Returns the account of a decision as a reader may see it: read since it came, and with an address for customers. */
export function accountFor(
  context: Context,
  decision: DecisionRecord | null,
  service: ServiceRecord,
  reader: Reader,
): AccountView | null {
  const checkpoint = findCheckpoint(decision, service.panel);
  const account = (checkpoint?.account ?? null) as AccountView | null;
  if (reader === undefined || account === null) return account;
  const { at = '', accountAt: readAt = at } = (checkpoint ?? {}) as { at?: string; accountAt?: string };
  return isOfReader(readAt, service, reader) ? { ...account, url: findAddress(context, service.panel) } : null;
}
