import { SluiceError } from '@sluice/panel-kind';
import type { PurchaseRecord } from '@sluice/state-store';
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
  throw known.client === client ? refUsed(request, known) : refOfOther(ref);
}

/** Says nothing of a purchase to whom it does not belong. */
function refOfOther(ref: string): SluiceError {
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
