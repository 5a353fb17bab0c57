import type { ServiceRecord } from '@sluice/quota-core';
import { SluiceError } from '@sluice/panel-kind';

/** Refs that are sent to the panel: the ids in addresses, the user in a header. */
export type SentRef = 'easydcim_service_id' | 'easydcim_order_id' | 'easydcim_user';

/** Nothing, a step to another folder, or half of a pair of surrogates: no address takes it, however it is encoded. */
const NO_SEGMENT = /^\s*$|^\.{1,2}$|\p{Cs}/u;
const NO_HEADER = /^\s*$|[^\t\x20-\x7e\x80-\xff]/;

/**
 * Returns a ref as it is sent; undefined where the service has none. Throws `bad_ref` for one that can't be sent, as an older
 * version may have stored it.
 */
export function refOf({ id, refs }: Pick<ServiceRecord, 'id' | 'refs'>, key: SentRef): string | undefined {
  const value = refs[key];
  const unfit = key === 'easydcim_user' ? NO_HEADER : NO_SEGMENT;
  if (value === undefined || !unfit.test(value)) return value;
  throw new SluiceError('bad_ref', `"${id}": its ${key} ${JSON.stringify(value)} can't be sent to the panel`, {
    kind: 'panel',
    details: { service: id, key },
  });
}

/** Returns whether all that is sent for a service's usage can be sent. */
export function isSendable(service: Pick<ServiceRecord, 'id' | 'refs'>): boolean {
  try {
    refOf(service, 'easydcim_service_id');
    refOf(service, 'easydcim_user');
    return true;
  } catch {
    return false;
  }
}
