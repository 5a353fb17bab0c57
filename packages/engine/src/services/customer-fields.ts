import { findEntry } from '../config/find-entry.js';
import { requireService, type Session } from '../session.js';

/** Returns the fields that the product of a service lets its client change. */
export async function customerFields(session: Session, id: string): Promise<readonly string[]> {
  const { panel, product: name } = await requireService(session, id);
  const product = findEntry(session.config.products, name);
  return product === undefined ? [] : (session.kindOf(panel)?.customerMay?.(product) ?? []);
}
