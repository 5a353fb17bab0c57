import { type Delay } from './behaviour.js';
import {
  type Actor,
  type AdminState,
  type Cause,
  type FakeUser,
  type NewPort,
  type NewService,
  type Order,
  type PanelEvent,
  type Pending,
  type Port,
  type Rate,
  type Server,
  type Service,
} from './model.js';
import { type Traffic, TrafficMeter } from './traffic-meter.js';

/** The target state of a port or an order, and who requested it. */
type Wanted<Target> = Pick<Pending<Target>, 'to' | 'by'>;

/** The panel's state and its changes, without HTTP. */
export class EasyDcimWorld {
  readonly users = new Map<number, FakeUser>();
  readonly usersByEmail = new Map<string, FakeUser>();
  readonly servers = new Map<number, Server>();
  readonly ports = new Map<number, Port>();
  readonly portsBySwitchPort = new Map<number, Port>();
  readonly services = new Map<number, Service>();
  readonly servicesByUser = new Map<number, Map<number, Service>>();
  readonly orders = new Map<number, Order>();
  readonly events: PanelEvent[] = [];
  /** Ports and orders with an action that waits for the clock. */
  private readonly waiting = new Set<Port | Order>();

  constructor(private readonly clock: () => number) {}

  /** The panel's time, with everything done that was due by then. */
  now(): number {
    const now = this.clock();
    if (this.waiting.size > 0) this.carryOutDue(now);
    return now;
  }

  addUser(user: FakeUser): void {
    if (this.users.has(user.id)) throw new RangeError(`User ${user.id} is there already.`);
    const own = { ...user };
    this.users.set(own.id, own);
    this.usersByEmail.set(own.email.toLowerCase(), own);
  }

  addService(spec: NewService): void {
    if (this.services.has(spec.id)) throw new RangeError(`Service ${spec.id} is there already.`);
    if (this.orders.has(spec.orderId)) throw new RangeError(`Order ${spec.orderId} is there already.`);
    const now = this.now();
    const user = this.toUser(spec.user);
    const server = this.toServer(spec);
    const status = spec.status ?? 'active';
    const order: Order = {
      id: spec.orderId,
      serviceId: spec.id,
      server,
      user,
      service: undefined,
      status,
      suspension: status === 'suspended' ? { by: 'staff', reason: 'suspended from the start' } : null,
      pending: undefined,
    };
    const service: Service = {
      id: spec.id,
      order,
      server,
      user,
      meter: new TrafficMeter(),
      ports: spec.ports.map((port) => this.toPort(port, server)),
      rate: spec.rate ?? { inBytesPerSecond: 0, outBytesPerSecond: 0 },
      running: false,
      noTraffic: spec.noTraffic ?? false,
    };
    order.service = service;
    for (const port of service.ports) port.services.add(service);
    this.orders.set(order.id, order);
    this.services.set(service.id, service);
    const own = this.servicesByUser.get(user.id) ?? new Map<number, Service>();
    this.servicesByUser.set(user.id, own.set(service.id, service));
    this.adjust(service, spec.since ?? now);
  }

  deleteService(service: Service): void {
    this.adjust(service, this.now(), false);
    this.services.delete(service.id);
    this.servicesByUser.get(service.user.id)?.delete(service.id);
    for (const port of service.ports) port.services.delete(service);
    service.order.service = undefined;
  }

  moveService(service: Service, to: Pick<NewService, 'serverId' | 'ports' | 'ip'>): void {
    for (const port of service.ports) port.services.delete(service);
    const server = this.toServer(to);
    service.server = server;
    service.order.server = server;
    service.ports = to.ports.map((port) => this.toPort(port, server));
    for (const port of service.ports) port.services.add(service);
    this.adjust(service, this.now());
  }

  deletePort(port: Port): void {
    const now = this.now();
    this.ports.delete(port.id);
    this.waiting.delete(port);
    if (port.switchPortId !== undefined) this.portsBySwitchPort.delete(port.switchPortId);
    port.server.ports.splice(port.server.ports.indexOf(port), 1);
    for (const service of port.services) {
      service.ports = service.ports.filter((other) => other !== port);
      this.adjust(service, now);
    }
  }

  setRate(service: Service, rate: Rate): void {
    service.rate = rate;
    service.running = false;
    this.adjust(service, this.now());
  }

  /** Connects or disconnects a port, or its cable. */
  setWiring(
    port: Port,
    wiring: { readonly connected?: boolean; readonly link?: boolean; readonly speed?: number },
  ): void {
    const now = this.now();
    Object.assign(port, wiring);
    for (const service of port.services) this.adjust(service, now);
  }

  /** What passed through a service in `[from, until)`. */
  traffic(service: Service, from: number, until: number): Traffic {
    return service.meter.between(from, until, this.now());
  }

  /** Switches a port, now or later. Returns whether this changes its current or pending state. */
  switchPort(port: Port, to: AdminState, by: Actor, delay: Delay = 'none'): boolean {
    const now = this.now();
    const changed = (port.pending?.to ?? port.adminState) !== to;
    this.events.push({ at: now, what: to === 'up' ? 'enable-port' : 'disable-port', id: port.id, by, changed });
    if (!changed) return false;
    this.drop(port);
    if (isImmediate(delay)) this.setPort(port, to, by, now);
    else port.pending = this.queue(port, { to, by }, delay, now);
    return true;
  }

  /** Suspends or unsuspends an order, now or later. Returns whether this changes its current or pending state. */
  suspendOrder(order: Order, to: 'active' | 'suspended', cause: Cause, delay: Delay = 'none'): boolean {
    const { by } = cause;
    const now = this.now();
    const changed = (order.pending?.to ?? order.status) !== to;
    const what = to === 'active' ? 'unsuspend-order' : 'suspend-order';
    this.events.push({ at: now, what, id: order.id, by, changed });
    if (!changed) return false;
    this.drop(order);
    if (isImmediate(delay)) this.setOrder(order, to, cause, now);
    else order.pending = this.queue(order, { to, by }, delay, now);
    return true;
  }

  terminateOrder(order: Order, by: Actor): void {
    const now = this.now();
    const changed = order.status !== 'terminated';
    this.events.push({ at: now, what: 'terminate-order', id: order.id, by, changed });
    this.drop(order);
    order.status = 'terminated';
    order.suspension = null;
    if (order.service !== undefined) this.adjust(order.service, now);
  }

  /** Counts a reading of a state: what is queued for so many readings happens after the last of them. */
  wasRead(target: Port | Order): void {
    const { pending } = target;
    if (pending?.readsLeft === undefined) return;
    pending.readsLeft -= 1;
    if (pending.readsLeft <= 0) this.carryOut(target, this.clock());
  }

  private toUser(id: number): FakeUser {
    if (!this.users.has(id)) this.addUser({ id, email: `client-${id}@example.test`, active: true });
    return known(this.users.get(id), 'user', id);
  }

  private toServer({ serverId: id, ip }: Pick<NewService, 'serverId' | 'ip'>): Server {
    const made = { id, label: `srv-${id}`, ip: ip ?? madeUpIp(id), ports: [], locked: false };
    const server: Server = this.servers.get(id) ?? made;
    this.servers.set(id, server);
    return server;
  }

  private toPort(spec: NewPort, server: Server): Port {
    const there = this.ports.get(spec.id);
    if (there?.server === server) return there;
    if (there !== undefined) throw new RangeError(`Port ${spec.id} belongs to server ${there.server.id}.`);
    const port: Port = {
      id: spec.id,
      server,
      name: spec.name,
      description: spec.description ?? (spec.management === true ? 'management' : ''),
      management: spec.management ?? false,
      speed: spec.speed ?? 1_000_000_000,
      switchPortId: spec.switchPortId,
      services: new Set(),
      adminState: spec.adminState ?? 'up',
      changedBy: null,
      connected: spec.connected ?? true,
      link: spec.link ?? true,
      defect: undefined,
      pending: undefined,
    };
    this.ports.set(port.id, port);
    if (port.switchPortId !== undefined) this.portsBySwitchPort.set(port.switchPortId, port);
    server.ports.push(port);
    return port;
  }

  private queue<Target>(of: Port | Order, wanted: Wanted<Target>, delay: Delay, now: number): Pending<Target> {
    if (typeof delay === 'object' && 'ms' in delay) {
      this.waiting.add(of);
      return { ...wanted, due: now + delay.ms, readsLeft: undefined };
    }
    return { ...wanted, due: undefined, readsLeft: delay === 'none' ? 0 : delay.reads };
  }

  private drop(target: Port | Order): void {
    target.pending = undefined;
    this.waiting.delete(target);
  }

  private carryOutDue(now: number): void {
    const due = [...this.waiting].filter(({ pending }) => pending?.due !== undefined && pending.due <= now);
    due.sort((a, b) => (a.pending?.due ?? 0) - (b.pending?.due ?? 0));
    for (const target of due) this.carryOut(target, target.pending?.due ?? now);
  }

  private carryOut(target: Port | Order, at: number): void {
    if ('adminState' in target) {
      const { pending } = target;
      this.drop(target);
      if (pending !== undefined) this.setPort(target, pending.to, pending.by, at);
      return;
    }
    const { pending } = target;
    this.drop(target);
    if (pending !== undefined) this.setOrder(target, pending.to, { by: pending.by, reason: apiReason }, at);
  }

  private setPort(port: Port, to: AdminState, by: Actor, at: number): void {
    if (port.adminState !== to) port.changedBy = by;
    port.adminState = to;
    for (const service of port.services) this.adjust(service, at);
  }

  private setOrder(order: Order, to: 'active' | 'suspended', { by, reason }: Cause, at: number): void {
    order.status = to;
    order.suspension = to === 'suspended' ? { by, reason } : null;
    if (order.service !== undefined) this.adjust(order.service, at);
  }

  /** Lets a service's traffic grow, or stops it, according to its ports and its order. */
  private adjust(service: Service, at: number, there = true): void {
    const running = there && service.order.status === 'active' && service.ports.some(measures);
    if (running === service.running) return;
    service.running = running;
    const { inBytesPerSecond, outBytesPerSecond } = service.rate;
    service.meter.setRate(at, running ? inBytesPerSecond : 0, running ? outBytesPerSecond : 0);
  }
}

/** The reason that suspensions through the API have. */
export const apiReason = 'suspended through the API';

function isImmediate(delay: Delay): boolean {
  return delay === 'none' || ('reads' in delay && delay.reads <= 0);
}

/** Whether traffic passes through a port. */
export function isUp(port: Port): boolean {
  return port.adminState === 'up' && port.connected && port.link;
}

function measures(port: Port): boolean {
  return !port.management && isUp(port);
}

function madeUpIp(id: number): string {
  return `10.${(id >> 16) & 255}.${(id >> 8) & 255}.${id & 255}`;
}

/** Returns the object, or throws a `RangeError` that names the missing one. */
export function known<T>(thing: T | undefined, kind: string, id: number): T {
  if (thing === undefined) throw new RangeError(`There is no ${kind} ${id} on the fake panel.`);
  return thing;
}
