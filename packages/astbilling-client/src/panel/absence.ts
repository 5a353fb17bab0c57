import type { ListKnown } from '@sluice/panel-kind';
import type { AstbillingCallOptions, AstbillingClient } from '../client/types.js';
import { LINE_REF } from './settings.js';

/** Where records of one kind are listed. */
export interface Listing {
  /** Whether the system can list them. */
  canList: boolean;
  /** Returns all of them. */
  list: () => Promise<readonly { id: string }[]>;
}

/**
 * Returns whether a record is gone that the panel did not show by its id. That alone shows nothing: a proxy, a key with fewer rights
 * or a changed filter hides it as well. It is gone only if the whole list of its kind lacks it and shows another record.
 */
export async function isGone({ canList, list }: Listing, id: string): Promise<boolean> {
  if (!canList) return false;
  const listed = await list();
  return listed.length > 0 && listed.every((record) => record.id !== id);
}

/**
 * The same of a service's line that was to end, where the list must show one of the living services. Where there are none, or lines
 * can't be listed, nothing can show more than the answer of the panel.
 */
export async function isLineGone(
  { client: { supports, subscribers }, call }: { client: LineLister; call: AstbillingCallOptions },
  id: string,
  known: ListKnown | undefined,
): Promise<boolean> {
  if (!supports('subscribers', 'list')) return true;
  const listed = new Set((await subscribers.list({}, call)).map((line) => line.id));
  if (listed.has(id)) return false;
  const others = ((await known?.()) ?? []).flatMap(({ refs }) => refs[LINE_REF] ?? []).filter((other) => other !== id);
  return others.length === 0 || others.some((other) => listed.has(other));
}

type LineLister = Pick<AstbillingClient, 'supports' | 'subscribers'>;
