import type { ForeignChange, Plan } from '@sluice/panel-kind';
import type { EasyDcimState, OrderState, PortState } from './state.js';

/** What others have suspended or disabled. */
export interface Stop {
  text: string;
  /** As a change; the panel does not show since when. */
  change: ForeignChange;
}

/** Lists what others have suspended or disabled. One disabled port of several may be a spare one. Pure. */
export function listStops({ order, ports }: EasyDcimState, isOurs: (target: string) => boolean): Stop[] {
  const stops: Stop[] = [];
  if (order?.suspended === true && !isOurs(order.id)) {
    const text = `order ${order.id} is suspended, but not by a hold of this service`;
    stops.push({ text, change: { object: `order ${order.id}`, was: 'active', is: 'suspended', isNew: null, text } });
  }
  const switchable = ports?.filter((port) => !port.management) ?? [];
  const isShut = switchable.length > 0 && switchable.every((port) => port.adminEnabled === false);
  if (isShut && !switchable.some((port) => isOurs(port.id))) {
    const ids = switchable.map((port) => port.id).join(', ');
    const text = `all its ports are disabled, but not by a hold of this service: ${ids}`;
    const object = switchable.length === 1 ? `port ${ids}` : `ports ${ids}`;
    stops.push({ text, change: { object, was: 'enabled', is: 'disabled', isNew: null, text } });
  }
  return stops;
}

/** Adds changes of others to a plan. */
export function addByOthers(plan: Plan, changes: readonly ForeignChange[]): void {
  if (changes.length > 0) plan.byOthers = [...(plan.byOthers ?? []), ...changes];
}

/** Returns the change of a port that Sluice has disabled, and that is enabled. Pure. */
export function enabledPort({ id, name }: PortState): ForeignChange {
  return { object: `port ${id} (${name})`, was: 'disabled by Sluice', is: 'enabled', isNew: true };
}

/** Returns the change of an order that Sluice has suspended, and that is active. Pure. */
export function resumedOrder({ id }: OrderState): ForeignChange {
  return { object: `order ${id}`, was: 'suspended by Sluice', is: 'active', isNew: true };
}
