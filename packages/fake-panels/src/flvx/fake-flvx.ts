import type { FakeServer } from '../core/fake-server.js';
import { cleanNode } from './control.js';
import { reportTraffic } from './enforcement.js';
import { FlvxBuilder } from './flvx-builder.js';
import { FlvxCustomer, type FlvxEnvelope } from './flvx-customer.js';
import { type FlvxState, readState } from './flvx-state.js';
import { dailyJob, hourlyJob } from './jobs.js';
import type { FlvxNode } from './node.js';
import type { FlvxPanel } from './panel.js';
import type { ForwardRow, PermissionRow, UserRow } from './rows.js';
import type { FlvxWorld } from './world.js';

/** A service on a node, for tests. */
export interface FlvxService {
  readonly nodeId: number;
  /** `<forward>_<user>_<permission>_tcp` or `_udp`. */
  readonly name: string;
  readonly forwardId: number;
  readonly userId: number;
  /** The permission at the time of the last push; 0 for none. */
  readonly permissionId: number;
  readonly running: boolean;
  readonly targets: readonly string[];
  /** The id of the speed limit, or null. */
  readonly limiter: string | null;
}

/** A customer's TCP connection through a forward. */
export interface FlvxConnection {
  /** Whether it is open: only a pause on a node with `tcpkill`, or a restart of the agent, ends it. */
  isOpen(): boolean;
  /** MB of 2^20 bytes per second that it has had from its beginning; null without a limit. */
  readonly megabytesPerSecond: number | null;
  /** Carries bytes, which the node reports as those of the service it was made through; false, and nothing, once it is cut. */
  carry(bytes: FlvxBytes): boolean;
}

/** Bytes of a transfer: a number is what the customer's clients sent. */
export type FlvxBytes = number | { readonly in?: number; readonly out?: number };

const leadsNowhere = (target: string): boolean => /^(127\.|localhost\b|\[::1\])/.test(target);

/**
 * A stateful fake of an FLVX panel with its nodes (docs/panels/flvx.md). It serves `url`; everything that a test wants to set,
 * see or let happen beside the API is a method here. Ids count from 1 per table and are never given twice; user 1 is the administrator.
 */
export class FakeFlvx extends FlvxBuilder implements AsyncDisposable {
  constructor(
    readonly panel: FlvxPanel,
    readonly server: FakeServer,
  ) {
    super(panel);
  }

  get url(): string {
    return this.server.url;
  }

  /** The tables, for what no method here does. */
  get world(): FlvxWorld {
    return this.panel.world;
  }

  close(): Promise<void> {
    return this.server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A deep copy of everything that the panel and its nodes hold, comparable; see `diffStates`. */
  state(options: { readonly times?: boolean } = {}): FlvxState {
    return readState(this.world, options.times ?? false);
  }

  /** A copy of a user, by id or login name. */
  user(idOrName: number | string): UserRow | undefined {
    const row =
      typeof idOrName === 'number'
        ? this.world.users.get(idOrName)
        : this.world.users.find((known) => known.user === idOrName);
    return structuredClone(row);
  }

  /** A copy of a permission, with its true status. */
  permission(userId: number, tunnelId: number): PermissionRow | undefined {
    return structuredClone(this.world.findPermission(userId, tunnelId));
  }

  /** The true status of a permission, which the panel's lists do not show. */
  permissionStatus(userId: number, tunnelId: number): number | undefined {
    return this.world.findPermission(userId, tunnelId)?.status;
  }

  /** A copy of a forward. */
  forward(id: number): ForwardRow | undefined {
    return structuredClone(this.world.forwards.get(id));
  }

  /** A node with its switches `online`, `status`, `silent`, `delayMs` and `failures`. Throws when there is none. */
  node(id: number): FlvxNode {
    const node = this.world.nodes.get(id);
    if (node === undefined) throw new Error(`There is no node ${id}.`);
    return node;
  }

  /** Takes a node's command connection away; with `stillListed` the panel goes on listing it as online. */
  nodeOffline(id: number, options: { readonly stillListed?: boolean } = {}): void {
    const node = this.node(id);
    node.online = false;
    node.status = options.stillListed === true ? 1 : 0;
    if (node.status === 0) node.changedTime = this.world.now();
  }

  /** Brings a node back; nothing that was pushed meanwhile is sent again. */
  nodeOnline(id: number): void {
    Object.assign(this.node(id), { online: true, status: 1, changedTime: this.world.now() });
  }

  /** Restarts a node's agent, which reconnects: its paused services run again. */
  restartNode(id: number): void {
    const node = this.node(id);
    node.agent.restart();
    node.changedTime = this.world.now();
  }

  /** The orphan cleanup, which a node asks for every 10 minutes; of one node or of all. */
  cleanup(id?: number): void {
    for (const nodeId of id === undefined ? this.world.nodes.keys() : [id]) cleanNode(this.world, nodeId);
  }

  /** All services on all nodes, or those of one forward. */
  services(ofForward?: number): FlvxService[] {
    const found: FlvxService[] = [];
    const start = ofForward === undefined ? '' : `${ofForward}_`;
    for (const node of this.world.nodes.values()) {
      for (const [name, { targets, limiter, paused }] of node.agent.services) {
        if (!name.startsWith(start)) continue;
        const [forwardId = 0, userId = 0, permissionId = 0] = name.split('_').map(Number);
        found.push({ nodeId: node.id, name, forwardId, userId, permissionId, running: !paused, targets, limiter });
      }
    }
    return found;
  }

  /** The ids of the forwards with a running service on any node, whatever the panel believes. */
  runningForwards(): number[] {
    const running = this.services().filter((service) => service.running);
    return [...new Set(running.map((service) => service.forwardId))].sort((a, b) => a - b);
  }

  /** Whether a forward has a running service on any node. */
  isRunning(forwardId: number): boolean {
    return this.services(forwardId).some((service) => service.running);
  }

  /**
   * Traffic through a forward: counted under the permission that its running service names, then the panel's pause rules. Returns false,
   * and counts nothing, when no service of it runs or the running one leads to the node itself. With `openConnection` a connection
   * from before a pause goes on.
   */
  traffic(forwardId: number, bytes: FlvxBytes, options: { readonly openConnection?: boolean } = {}): boolean {
    const carrying = this.services(forwardId).find(
      (service) => (service.running || options.openConnection === true) && !service.targets.every(leadsNowhere),
    );
    if (carrying === undefined) return false;
    this.report(carrying.name, bytes);
    return true;
  }

  /** A customer's client connects through a forward; null where no service of it accepts. */
  connect(forwardId: number): FlvxConnection | null {
    const service = this.#findTcp(forwardId);
    const made = service && this.node(service.nodeId).agent.connect(service.name);
    if (!made) return null;
    return {
      isOpen: () => made.open,
      megabytesPerSecond: made.megabytesPerSecond,
      carry: (bytes) => {
        if (!made.open || made.targets.every(leadsNowhere)) return false;
        this.report(made.service, bytes);
        return true;
      },
    };
  }

  /** MB of 2^20 bytes per second that new connections through a forward get on its node; null without a limit. */
  findSpeed(forwardId: number): number | null {
    const service = this.#findTcp(forwardId);
    return service === undefined ? null : this.node(service.nodeId).agent.findSpeed(service.name);
  }

  #findTcp(forwardId: number): FlvxService | undefined {
    const all = this.services(forwardId).filter(({ name }) => name.endsWith('_tcp'));
    return all.find(({ running }) => running) ?? all[0];
  }

  /** A raw item of a node's report, whatever runs. */
  report(service: string, bytes: FlvxBytes): void {
    const { in: received = 0, out: sent = 0 } = typeof bytes === 'number' ? { in: bytes } : bytes;
    reportTraffic(this.world, service, received, sent);
  }

  /** The daily job of 00:00:05; `now` in Unix milliseconds, default the panel's clock. */
  midnight(now: number = this.world.now()): void {
    dailyJob(this.world, now);
  }

  /** The hourly job; `now` in Unix milliseconds, default the panel's clock. */
  hour(now: number = this.world.now()): void {
    hourlyJob(this.world, now);
  }

  /** A customer who acts with his own token, 60 days old by default. */
  customer(userId: number, tokenAgeMs?: number): FlvxCustomer {
    return new FlvxCustomer(this.panel, userId, tokenAgeMs);
  }

  /** The owner of a forward resumes it with an old token. */
  customerResume(forwardId: number): Promise<FlvxEnvelope> {
    return this.#owner(forwardId).resume(forwardId);
  }

  /** The owner of a forward redeploys it with an old token: the service runs, `status` stays. */
  customerRedeploy(forwardId: number): Promise<FlvxEnvelope> {
    return this.#owner(forwardId).redeploy(forwardId);
  }

  #owner(forwardId: number): FlvxCustomer {
    const forward = this.world.forwards.get(forwardId);
    if (forward === undefined) throw new Error(`There is no forward ${forwardId}.`);
    return this.customer(forward.userId);
  }

  /** Switches the captcha on or off; with `turnstile` no program can pass it. */
  setCaptcha(on: boolean, options: { readonly turnstile?: boolean } = {}): void {
    this.world.setConfig('captcha_enabled', String(on));
    this.world.setConfig('cloudflare_secret_key', options.turnstile === true ? 'site-key' : '');
  }

  /** While on, creates that are under way at the same time all pass the check of the name: two of one name both succeed. */
  set createsRace(on: boolean) {
    this.panel.createGapMs = on ? 25 : 0;
  }

  /** While on, every write meets a locked database: code -2, but code 0 from user/reset, which does nothing. */
  set databaseLocked(on: boolean) {
    this.world.databaseLocked = on;
  }
}
