import { type FakeBody } from '../core/fake-response.js';
import { type FakeServer } from '../core/fake-server.js';
import { type EasyDcimAnswers } from './answers.js';
import { type EasyDcimBehaviour } from './behaviour.js';
import {
  type FakeUser,
  type NewService,
  type OrderState,
  type PanelEvent,
  type PanelSnapshot,
  type Port,
  type PortDefect,
  type PortState,
  type Rate,
} from './model.js';
import { type Panel } from './panel.js';
import { orderState, portState, toSnapshot } from './state-views.js';
import { type Traffic } from './traffic-meter.js';
import { known } from './world.js';

/** What a new token may do. */
export interface NewToken {
  readonly token: string;
  /** Id of the client whose token it is. Absent: an administrator's. */
  readonly user?: number;
  /** Whether an administrator's token may act as other users. Default `true`. */
  readonly mayImpersonate?: boolean;
}

/** Bytes through a service, exactly. */
export interface ServiceTraffic extends Traffic {
  readonly total: number;
}

/**
 * A stateful EasyDCIM on 127.0.0.1, for tests: its contents, actions of its staff, and the form of its answers.
 * All methods throw `RangeError` for a user, service, port, order or server that does not exist.
 */
export class FakeEasyDcim implements AsyncDisposable {
  /** The wording of the answers; may be changed at any time. */
  readonly answers: EasyDcimAnswers;
  /** The behaviour beside the wording; may be changed at any time. */
  readonly behaviour: EasyDcimBehaviour;
  /** Address of the panel, without a trailing slash. */
  readonly url: string;
  /** Everything that was done to ports and orders, oldest first. */
  readonly events: readonly PanelEvent[];

  constructor(
    readonly server: FakeServer,
    /** An administrator's token with the ability to impersonate. */
    readonly token: string,
    private readonly panel: Panel,
  ) {
    this.answers = panel.answers;
    this.behaviour = panel.behaviour;
    this.url = panel.url();
    this.events = panel.world.events;
  }

  addUser(user: FakeUser): void {
    this.panel.world.addUser(user);
  }

  /** Blocks or unblocks a user. */
  setUserActive(id: number, active: boolean): void {
    known(this.panel.world.users.get(id), 'user', id).active = active;
  }

  addToken({ token, user, mayImpersonate }: NewToken): void {
    const owner = user === undefined ? null : known(this.panel.world.users.get(user), 'user', user);
    this.panel.access.tokens.set(token, { user: owner, mayImpersonate: owner === null && (mayImpersonate ?? true) });
  }

  revokeToken(token: string): void {
    this.panel.access.tokens.delete(token);
  }

  /** Adds a service with its order, its ports and, when new, its server and its user. */
  addService(service: NewService): void {
    this.panel.world.addService(service);
  }

  /** Removes a service; its order stays, without one. */
  deleteService(id: number): void {
    const { world } = this.panel;
    world.deleteService(known(world.services.get(id), 'service', id));
  }

  /** Gives a service another server with other ports. Its order stays. */
  moveService(id: number, to: Pick<NewService, 'serverId' | 'ports' | 'ip'>): void {
    const { world } = this.panel;
    world.moveService(known(world.services.get(id), 'service', id), to);
  }

  /** Removes an order, and its service with it. */
  deleteOrder(id: number): void {
    const { world } = this.panel;
    const { service } = known(world.orders.get(id), 'order', id);
    if (service !== undefined) world.deleteService(service);
    world.orders.delete(id);
  }

  deletePort(id: number): void {
    this.panel.world.deletePort(this.livePort(id));
  }

  /** Sets the label of a server, which is `srv-` and its id at first. */
  labelServer(id: number, label: string): void {
    known(this.panel.world.servers.get(id), 'server', id).label = label;
  }

  /** Adds traffic at one instant, by default now. Throws `RangeError` for anything but whole bytes. */
  addTraffic(serviceId: number, traffic: { readonly in: number; readonly out: number; readonly at?: number }): void {
    const { world } = this.panel;
    const service = known(world.services.get(serviceId), 'service', serviceId);
    for (const bytes of [traffic.in, traffic.out]) {
      if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`${bytes} is no number of bytes.`);
    }
    service.meter.add(traffic.at ?? world.now(), { in: traffic.in, out: traffic.out });
  }

  /** Changes the rate from now on. */
  setRate(serviceId: number, rate: Rate): void {
    const { world } = this.panel;
    world.setRate(known(world.services.get(serviceId), 'service', serviceId), rate);
  }

  /** Clears all traffic, as after a port is connected to another switch port. */
  resetTraffic(serviceId: number): void {
    const { world } = this.panel;
    known(world.services.get(serviceId), 'service', serviceId).meter.forget(world.now());
  }

  /** What passed through a service in `[from, until)`, milliseconds since 1970, independently of the answers. */
  traffic(serviceId: number, from: number, until: number): ServiceTraffic {
    const { world } = this.panel;
    const traffic = world.traffic(known(world.services.get(serviceId), 'service', serviceId), from, until);
    return { ...traffic, total: traffic.in + traffic.out };
  }

  /** Answers every bandwidth call of a service with this body, until `honestBandwidth`. */
  spoilBandwidth(serviceId: number, body: FakeBody | undefined): void {
    known(this.panel.world.services.get(serviceId), 'service', serviceId);
    this.panel.bandwidthBodies.set(serviceId, { body });
  }

  /** Ends `spoilBandwidth` for one service, or for all. */
  honestBandwidth(serviceId?: number): void {
    if (serviceId === undefined) this.panel.bandwidthBodies.clear();
    else this.panel.bandwidthBodies.delete(serviceId);
  }

  port(id: number): PortState {
    this.panel.world.now();
    return portState(this.livePort(id));
  }

  order(id: number): OrderState {
    const { world } = this.panel;
    world.now();
    return orderState(known(world.orders.get(id), 'order', id));
  }

  staffDisablePort(id: number): void {
    this.panel.world.switchPort(this.livePort(id), 'down', 'staff');
  }

  staffEnablePort(id: number): void {
    this.panel.world.switchPort(this.livePort(id), 'up', 'staff');
  }

  staffSuspendOrder(id: number, reason: string): void {
    const { world } = this.panel;
    world.suspendOrder(known(world.orders.get(id), 'order', id), 'suspended', { by: 'staff', reason });
  }

  staffUnsuspendOrder(id: number): void {
    const { world } = this.panel;
    world.suspendOrder(known(world.orders.get(id), 'order', id), 'active', { by: 'staff', reason: '' });
  }

  staffTerminateOrder(id: number): void {
    const { world } = this.panel;
    world.terminateOrder(known(world.orders.get(id), 'order', id), 'staff');
  }

  /** Locks a server: its orders can no longer be suspended, unsuspended or terminated through the API. */
  lockDevice(serverId: number): void {
    known(this.panel.world.servers.get(serverId), 'server', serverId).locked = true;
  }

  unlockDevice(serverId: number): void {
    known(this.panel.world.servers.get(serverId), 'server', serverId).locked = false;
  }

  /** Connects a port to its switch or disconnects it; plugs or unplugs its cable; gives it another speed, in bit/s. */
  setWiring(portId: number, wiring: { connected?: boolean; link?: boolean; speed?: number }): void {
    this.panel.world.setWiring(this.livePort(portId), wiring);
  }

  /** Breaks or repairs a port's actions. */
  setDefect(portId: number, defect: PortDefect | null): void {
    this.livePort(portId).defect = defect ?? undefined;
  }

  /** The state of all ports and orders, for comparison as a whole. */
  snapshot(): PanelSnapshot {
    return toSnapshot(this.panel.world);
  }

  close(): Promise<void> {
    return this.server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private livePort(id: number): Port {
    return known(this.panel.world.ports.get(id), 'port', id);
  }
}
