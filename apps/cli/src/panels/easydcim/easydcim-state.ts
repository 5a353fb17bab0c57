import type { Order, Port } from '@sluice/easydcim-client';
import type { ItemError } from '../../errors.js';

/** A port as far as decisions need it. */
export type PortState = Pick<Port, 'id' | 'name' | 'adminEnabled' | 'linkUp' | 'management' | 'speedBitsPerSecond'>;

/** An order as far as decisions need it. */
export type OrderState = Pick<Order, 'id' | 'serviceId' | 'serverId' | 'status' | 'suspended' | 'locked'>;

/** What the panel shows of one service; a part that could not be read is null and says why. */
export interface EasyDcimState {
  ports: PortState[] | null;
  portsError: ItemError | null;
  order: OrderState | null;
  orderError: ItemError | null;
}

/** Prior state of a port in evidence and journal. */
export interface PortPrior {
  name: string;
  adminEnabled: boolean | null;
  linkUp: boolean | null;
}

/** Prior state of an order in evidence and journal. */
export interface OrderPrior {
  status: string;
  suspended: boolean | null;
}

export const ACTION_TYPES = {
  disablePort: 'disable-port',
  enablePort: 'enable-port',
  suspendOrder: 'suspend-order',
  unsuspendOrder: 'unsuspend-order',
} as const;
