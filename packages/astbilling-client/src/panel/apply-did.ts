import type { ItemError, Step } from '@sluice/panel-kind';
import type { Did } from '@sluice/quota-core/telephony';
import { isReleased } from '../account/plan-states.js';
import type { AstbillingClient, DidValues } from '../client/types.js';
import { type Change, hasValues, refuseUnknown, type Tag } from './change.js';
import { isDidById } from './steps.js';
import { toShown, toSuspendedAs } from './suspended.js';

/** Returns the change of a number that a step makes for a line. */
export function toDidChange(
  client: AstbillingClient,
  { step, line }: { step: Step; line: string | null },
  call: Tag,
): Change<Did | null> {
  const { type, target, payload } = step;
  const { id, changes = {}, values, subscriberId } = payload as Partial<DidPayload>;
  const read = async (): Promise<Did | null> => {
    if (isDidById(type)) return client.dids.get(target, call);
    const found = await client.dids.find({ number: target }, call);
    return found.find(({ status }) => status !== 'terminated') ?? null;
  };
  const calls: Record<string, () => Promise<unknown>> = {
    'create-did': () => client.dids.create(values ?? {}, call),
    'update-did': () => client.dids.update(target, changes, call),
    'suspend-did': () => client.dids.suspend(target, call),
    'unsuspend-did': () => client.dids.unsuspend(target, call),
    'unlink-did': () => client.dids.unlink(target, call),
    'terminate-did': () => client.dids.terminate(target, call),
    'link-did': async () => {
      const did = id ?? (await read())?.id ?? '';
      await client.dids.link(did, subscriberId ?? '', call);
    },
  };
  return {
    read,
    isDone: (did) => isDidDone(step, did),
    isUnneeded: (did) => did !== null && isDidDone(step, did),
    refuse: (did) => (type === 'unsuspend-did' ? null : refuseOtherLine(did, line)),
    call: calls[type] ?? refuseUnknown(type),
    outcome: (did) => ({
      observed: { status: did?.status ?? null, subscriberId: did?.subscriberId ?? null, ...toSuspendedAs(did) },
      ...toShown(step.begins, did),
    }),
  };
}

/** Staff may pass a number to another line after it was planned for; what Sluice suspended is made active there too. */
function refuseOtherLine(did: Did | null, line: string | null): ItemError | null {
  if (did === null || did.subscriberId === null || did.subscriberId === line) return null;
  const message = `number ${did.number} is linked to line ${did.subscriberId} meanwhile, and was left as it is`;
  return { code: 'line_conflict', message };
}

interface DidPayload {
  id: string | null;
  changes: DidValues;
  values: DidValues;
  subscriberId: string;
}

/** Returns whether a number shows what a step was to do. */
export function isDidDone({ type, payload }: Pick<Step, 'type' | 'payload'>, did: Did | null): boolean {
  const { changes = {}, subscriberId, values } = payload as Partial<DidPayload>;
  if (type === 'terminate-did') return did === null || isReleased(did);
  if (did === null) return false;
  switch (type) {
    case 'create-did':
      return values?.subscriberId === undefined || did.subscriberId === values.subscriberId;
    case 'link-did':
      return did.subscriberId === subscriberId;
    case 'unlink-did':
      return did.subscriberId === null;
    case 'update-did':
      return hasValues(did, changes);
    default:
      return did.status === (type === 'suspend-did' ? 'suspended' : 'active');
  }
}
