import { type TrafficMeter } from './traffic-meter.js';

/** A user of the panel. */
export interface FakeUser {
  readonly id: number;
  readonly email: string;
  /** An inactive user cannot be impersonated. */
  active: boolean;
}

/** Whether a port is enabled. */
export type AdminState = 'up' | 'down';

/** What state a service's order is in, in the fake's terms; `answers.words` has the panel's. */
export type ServiceStatus = 'active' | 'suspended' | 'pending' | 'rejected' | 'terminated' | 'aborted';

/** Who did something: a call of the API, or staff at the panel. */
export type Actor = 'api' | 'staff';

/** Who changed an order's status, and why. */
export interface Cause {
  readonly by: Actor;
  readonly reason: string;
}

/** The result of an action on a broken port: an error with status 200, a refusal (422), or a success without effect. */
export type PortDefect = 'error-200' | 'refuse' | 'ignore';

/** A port to be added with its service. */
export interface NewPort {
  /** A port that the same server already has is shared with it; everything else here is then ignored. */
  readonly id: number;
  readonly name: string;
  readonly description?: string;
  /** Default `up`. */
  readonly adminState?: AdminState;
  /** A management port: measures no traffic. Default `false`. */
  readonly management?: boolean;
  /** Bits per second. Default 1 000 000 000. */
  readonly speed?: number;
  /** Whether it is connected to a switch; else it can neither be switched nor measured. Default `true`. */
  readonly connected?: boolean;
  /** Whether the cable has a signal. Default `true`. */
  readonly link?: boolean;
  /** Id of the switch's port on the other side, valid in the same endpoints. Default: none. */
  readonly switchPortId?: number;
}

/** Bytes per second in both directions. */
export interface Rate {
  readonly inBytesPerSecond: number;
  readonly outBytesPerSecond: number;
}

/** A service to be added, with its order and its server. */
export interface NewService {
  readonly id: number;
  readonly orderId: number;
  readonly serverId: number;
  /** The user's id; a user that does not exist is created, active, as `client-ID@example.test`. */
  readonly user: number;
  /** Default `active`. */
  readonly status?: ServiceStatus;
  readonly ports: readonly NewPort[];
  /** Grows the traffic while the order is active and a measured port is up. Default: no growth. */
  readonly rate?: Rate;
  /** Since when the rate applies, milliseconds since 1970. Default: now by the panel's clock. */
  readonly since?: number;
  /** The panel has no traffic source for it: the bandwidth answer is a refusal with status 200. */
  readonly noTraffic?: boolean;
  /** The server's address. Default: one made up from the server's id. */
  readonly ip?: string;
}

/** An action that the panel accepted and has not done yet. */
export interface Pending<Target> {
  readonly to: Target;
  readonly by: Actor;
  /** When it happens by the panel's clock, or after how many further readings of the state. */
  readonly due: number | undefined;
  readsLeft: number | undefined;
}

export interface Port {
  readonly id: number;
  readonly server: Server;
  readonly name: string;
  readonly description: string;
  readonly management: boolean;
  speed: number;
  readonly switchPortId: number | undefined;
  readonly services: Set<Service>;
  adminState: AdminState;
  changedBy: Actor | null;
  connected: boolean;
  link: boolean;
  defect: PortDefect | undefined;
  pending: Pending<AdminState> | undefined;
}

export interface Server {
  readonly id: number;
  label: string;
  readonly ip: string;
  readonly ports: Port[];
  locked: boolean;
}

export interface Service {
  readonly id: number;
  readonly order: Order;
  server: Server;
  readonly user: FakeUser;
  readonly meter: TrafficMeter;
  ports: Port[];
  rate: Rate;
  running: boolean;
  noTraffic: boolean;
}

export interface Order {
  readonly id: number;
  readonly serviceId: number;
  server: Server;
  readonly user: FakeUser;
  /** `undefined` once the service was deleted. */
  service: Service | undefined;
  status: ServiceStatus;
  suspension: Cause | null;
  pending: Pending<'active' | 'suspended'> | undefined;
}

/** A port's state, as it is on the switch. */
export interface PortState {
  readonly id: number;
  readonly serverId: number;
  readonly name: string;
  readonly management: boolean;
  readonly adminState: AdminState;
  /** Up when it is switched on, connected and has a signal. */
  readonly operState: AdminState;
  readonly connected: boolean;
  /** Who last changed `adminState`; `null`: unchanged since it was added. */
  readonly changedBy: Actor | null;
  /** The state after an accepted action. */
  readonly pending: AdminState | null;
}

/** An order's state. */
export interface OrderState {
  readonly id: number;
  readonly serviceId: number;
  readonly serverId: number;
  readonly status: ServiceStatus;
  readonly suspension: Cause | null;
  readonly pending: ServiceStatus | null;
}

/** Something that was done to the panel. */
export interface PanelEvent {
  /** By the panel's clock. */
  readonly at: number;
  readonly what: 'enable-port' | 'disable-port' | 'suspend-order' | 'unsuspend-order' | 'terminate-order';
  /** Of the port or the order. */
  readonly id: number;
  readonly by: Actor;
  /** `false`: without effect (for orders, the customer may have had his e-mail all the same). */
  readonly changed: boolean;
}

/** The state of all ports and orders, by id, for comparison as a whole. */
export interface PanelSnapshot {
  readonly ports: Readonly<Record<string, Pick<PortState, 'adminState' | 'operState'>>>;
  readonly orders: Readonly<Record<string, Pick<OrderState, 'status' | 'suspension'>>>;
}
