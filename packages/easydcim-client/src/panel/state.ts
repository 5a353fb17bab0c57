import type { ItemError, Observation } from '@sluice/panel-kind';
import type { Order, Port } from '../index.js';

/** The members of a port that decisions need. */
export type PortState = Pick<
  Port,
  'id' | 'name' | 'adminEnabled' | 'linkUp' | 'management' | 'speedBitsPerSecond' | 'itemId'
>;

/** The members of an order that decisions need. */
export type OrderState = Pick<Order, 'id' | 'serviceId' | 'serverId' | 'status' | 'suspended' | 'locked'>;

/** Whether an order was terminated or aborted: it can be neither suspended nor unsuspended. Pure. */
export function isEnded({ status, suspended }: Pick<OrderState, 'status' | 'suspended'>): boolean {
  return suspended === null && /^\s*(terminated|aborted)\s*$/i.test(status);
}

/** What the panel shows of one service. A part that could not be read is null and has an error. */
export interface EasyDcimState {
  ports: PortState[] | null;
  portsError: ItemError | null;
  /** The service is known not to exist on the panel, which a 404 alone does not show. */
  isGone: boolean;
  order: OrderState | null;
  orderError: ItemError | null;
  /** The same of the order. */
  isOrderGone: boolean;
  /** Ports that Sluice switched for the service, which it does not have any more. */
  leftPorts: LeftObject<PortState>[];
  /** The same of orders. */
  leftOrders: LeftObject<OrderState>[];
}

/** The code of a 404. */
export const NOT_FOUND = 'PANEL_NOT_FOUND';

/**
 * Whether the service's ports were 404: what was restricted of them is read by its own id, and undone, whether the service is known
 * to be gone or not. Pure.
 */
export function isAbsent({ isGone, portsError }: EasyDcimState): boolean {
  return isGone || portsError?.code === NOT_FOUND;
}

const ABOUT_ORDER = /\border \S+ (?:is|stays) /;
const ABOUT_PORTS = /\bports? (?:\S.* )?(?:is|are|stays?) /;

/** Whether what a difference or a notice of a plan is about could not be read. Pure. */
export function lacks({ state }: Observation<EasyDcimState>, text: string): boolean {
  if (state === null) return true;
  const isOrderUnread = state.orderError !== null && !state.isOrderGone;
  const arePortsUnread = state.portsError !== null && !state.isGone;
  const [isOfOrder, isOfPorts] = [ABOUT_ORDER.test(text), ABOUT_PORTS.test(text)];
  if (!isOfOrder && !isOfPorts) return isOrderUnread || arePortsUnread;
  return (isOfOrder && isOrderUnread) || (isOfPorts && arePortsUnread);
}

/** Returns the state of a service before anything was read. */
export function unreadState(): EasyDcimState {
  const none = { ports: null, portsError: null, isGone: false, order: null, orderError: null, isOrderGone: false };
  return { ...none, leftPorts: [], leftOrders: [] };
}

/** A port or an order that a service had before. Without state and error it no longer exists. */
export interface LeftObject<State> {
  id: string;
  state: State | null;
  error: ItemError | null;
}

/** State of an order before its change, in evidence and journal. */
export interface OrderPrior extends Pick<OrderState, 'status' | 'suspended'> {
  /** The service that shows the state of the order, where the order itself does not name it. */
  mappedService?: string;
}

/** Returns the service that showed the state of an order when it was suspended; undefined where the order named it. Pure. */
export function findMappedService(prior: unknown): string | undefined {
  return (prior as OrderPrior | null)?.mappedService;
}

/** State of a port before its change, in evidence and journal. */
export interface PortPrior {
  name: string;
  adminEnabled: boolean | null;
  linkUp: boolean | null;
  /** Set where the panel did not show whether the port was enabled. */
  state?: 'unknown';
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

/** Returns the object that an action changes. A port and its order don't wait for each other. */
export function toObjectKey({ type, target }: { type: string; target: string }): string {
  return `${isPortAction(type) ? 'port' : 'order'}:${target}`;
}
