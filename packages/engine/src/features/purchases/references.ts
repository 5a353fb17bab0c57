import { SluiceError } from '@sluice/panel-kind';
import type { PurchaseRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { isAutoRef } from './link-budget.js';
import { refKey } from '../../base/purchase-keys.js';

/** A request for a purchase, with its reference. */
interface Referred {
  service: string;
  package: string;
  ref?: string | undefined;
}

/**
 * Returns the purchase of a repeated reference; null where it is new.
 *
 * @throws SluiceError `ref_used` of a reference of another purchase, or of another client's
 */
export async function findRepeated(context: Context, request: Referred): Promise<PurchaseRecord | null> {
  const { ref } = request;
  if (ref === undefined) return null;
  const [known] = await context.store.purchases.list({ key: refKey(ref) });
  if (isAutoRef(ref) && known?.actor !== 'manual') throw refReserved(ref);
  if (known === undefined) return null;
  const { client } = await requireService(context, request.service);
  const isSame = known.service === request.service && known.package === request.package && known.client === client;
  if (isSame && known.status !== 'failed') return known;
  throw isTaken(request, known, client);
}

/**
 * Stores a new purchase before it is charged.
 *
 * @throws SluiceError `ref_used` where another one has taken its reference meanwhile: nothing is stored, so nothing may be charged
 */
export async function addPurchase(
  { purchases }: Pick<StoreTables, 'purchases'>,
  request: Referred,
  row: PurchaseRecord,
): Promise<void> {
  if (await purchases.add(row)) return;
  const [known] = await purchases.list({ key: row.key });
  throw isTaken(request, known ?? row, row.client);
}

function isTaken(request: Referred, known: PurchaseRecord, client: string | null): SluiceError {
  return known.client === client ? refUsed(request, known) : refOfOther(request);
}

/** Says nothing of a purchase to whom it does not belong. */
function refOfOther({ ref }: Referred): SluiceError {
  return new SluiceError(
    'ref_used',
    `Reference "${ref}" was used for another client: use another one; nothing was charged`,
    {
      details: { ref },
    },
  );
}

/** The error of a reference that belongs to another purchase. */
export function refUsed({ ref }: Referred, known: PurchaseRecord): SluiceError {
  const what = `package ${known.package} for "${known.service}"`;
  const ended = known.status === 'failed' ? ', which failed' : '';
  return new SluiceError(
    'ref_used',
    `Reference "${ref}" belongs to purchase ${known.id} of ${what}${ended}: use another one; nothing was charged`,
    { details: { purchase: known.id, ref } },
  );
}

function refReserved(ref: string): SluiceError {
  return new SluiceError(
    'ref_used',
    `Reference "${ref}" is one of automatic purchases: use another one; nothing was charged`,
    { details: { ref } },
  );
}
