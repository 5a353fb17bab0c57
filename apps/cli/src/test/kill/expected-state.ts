import type { DrawnService } from './draw-services.js';

/** What should have become of a service, worked out from its story alone. */
export interface ExpectedService {
  number: number;
  reasons: string[];
  portsDown: number[];
  orderSuspended: boolean;
  /** Open evidence, as `port INDEX` and `order`. */
  ours: string[];
  /** What the API may have been told since the first poll, at most and at least once. */
  disabled: number[];
  enabled: number[];
  orderCalls: ('suspend-order' | 'unsuspend-order')[];
}

/**
 * The reference: a service is restricted while it is over its quota (or was, and nothing readable says otherwise) or
 * an operator holds it. Restricting shuts what is open; giving back opens what we shut and nobody opened since.
 */
export function toExpected(story: DrawnService): ExpectedService {
  const before = wants(story, story.heldBefore, false);
  const withOrder = wants(story, story.heldBefore, story.manual);
  const quotaNow = story.spoilt ? story.heldBefore : story.overNow;
  const now = wants(story, quotaNow, story.manual);

  const portsDown: number[] = [];
  const ours: string[] = [];
  const disabled: number[] = [];
  const enabled: number[] = [];
  for (const port of story.ports) {
    const shutByUs = before.ports && !story.shutBefore.includes(port) && !story.staffEnables.includes(port);
    const shutByStaff =
      story.staffDisables.includes(port) || (story.shutBefore.includes(port) && !story.staffEnables.includes(port));
    if (now.ports) {
      portsDown.push(port);
      if (!shutByStaff) ours.push(`port ${port}`);
      if (!shutByStaff && !shutByUs) disabled.push(port);
    } else {
      if (shutByStaff) portsDown.push(port);
      if (shutByUs) enabled.push(port);
    }
  }

  const suspendedByUs = withOrder.order && !story.suspendedBefore && !story.staffUnsuspends;
  const suspendedByOther = story.suspendedBefore && !story.staffUnsuspends;
  const orderCalls: ExpectedService['orderCalls'] = [];
  if (now.order && !suspendedByUs && !suspendedByOther) orderCalls.push('suspend-order');
  if (!now.order && suspendedByUs) orderCalls.push('unsuspend-order');
  if (now.order && !suspendedByOther) ours.push('order');
  return {
    number: story.number,
    reasons: [...(story.manual ? ['manual'] : []), ...(quotaNow ? ['quota'] : [])],
    portsDown,
    orderSuspended: now.order || suspendedByOther,
    ours: ours.sort(),
    disabled,
    enabled,
    orderCalls,
  };
}

function wants({ product }: DrawnService, quota: boolean, manual: boolean): { ports: boolean; order: boolean } {
  return { ports: quota && product !== 'order', order: manual || (quota && product !== 'ports') };
}
