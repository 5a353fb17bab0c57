import type { Order, Port } from '../index.js';
import type { ItemError } from '@sluice/panel-kind';

/** A port as far as decisions need it. */
export type PortState = Pick<Port, 'id' | 'name' | 'adminEnabled' | 'linkUp' | 'management' | 'speedBitsPerSecond'>;

/** An order as far as decisions need it. */
export type OrderState = Pick<Order, 'id' | 'serviceId' | 'serverId' | 'status' | 'suspended' | 'locked'>;

/** What the panel shows of one service; a part that could not be read is null and says why. */
export interface EasyDcimState {
  ports: PortState[] | null;
  portsError: ItemError | null;
  /** The panel says that the service itself does not exist. */
  isGone: boolean;
  order: OrderState | null;
  orderError: ItemError | null;
}

/** Prior state of a port in evidence and journal. */
export interface PortPrior {
  name: string;
  adminEnabled: boolean | null;
  linkUp: boolean | null;
  /** Said where the panel did not tell whether the port was enabled. */
  state?: 'unknown';
}

/** What is kept with an action that the panel accepted without showing its effect. */
export interface Accepted {
  accepted: true;
}

export const ACTION_TYPES = {
  disablePort: 'disable-port',
  enablePort: 'enable-port',
  suspendOrder: 'suspend-order',
  unsuspendOrder: 'unsuspend-order',
} as const;

/** Whether an action of this type switches a port; the others are about an order. */
export function isPortAction(type: string): boolean {
  return type === ACTION_TYPES.disablePort || type === ACTION_TYPES.enablePort;
}

/** The object that an action changes. A port and the order it belongs to do not wait for each other. */
export function objectOf({ type, target }: { type: string; target: string }): string {
  return `${isPortAction(type) ? 'port' : 'order'}:${target}`;
}
