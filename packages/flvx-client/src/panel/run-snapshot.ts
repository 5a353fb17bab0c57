import { type Clock, isoNow } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import { nodeNames } from '../account/describe.js';
import { listOwnForwards } from '../account/history/history.js';
import type { FlvxClient } from '../client/client.js';
import type { FlvxSnapshot } from '../client/observation.js';
import type { FlvxForward, FlvxNode, FlvxTunnel, FlvxTunnelGroup } from '../client/records.js';
import { toScope } from './product.js';
import { type SecondReading, toSecondReading } from './second-reading.js';

/** Name and nodes of each tunnel. */
export type TunnelNodes = ReadonlyMap<number, { name: string; nodes: string[] }>;

/** A snapshot of users, permissions and forwards, and its instant by the local clock. */
export interface TimedSnapshot {
  at: string;
  snapshot: FlvxSnapshot;
}

/** An older snapshot belongs to an earlier run of the same process. */
const runMs = 10 * 60_000;

/** The panel's lists, each read once in a run: the three long ones, and the short ones when something needs them. */
export class RunSnapshot {
  #accounts: Promise<TimedSnapshot> | null = null;
  #recounted: Promise<TimedSnapshot> | null = null;
  #tunnels: Promise<FlvxTunnel[]> | null = null;
  #site: Promise<Site> | null = null;
  #labels: Promise<Labels> | null = null;
  #changes: Promise<ReadonlyMap<number, number>> | null = null;
  #owners: Promise<ReadonlyMap<number, number>> | null = null;
  #limits: Promise<ReadonlySet<number>> | null = null;

  /** @param withGroups whether products name groups of tunnels */
  constructor(
    private readonly client: FlvxClient,
    private readonly clock: Clock,
    private readonly withGroups: boolean,
  ) {}

  /**
   * Reads users, permissions and forwards, once for all pages of the run's services. All at once: the counters may be older than the
   * forwards.
   */
  async accounts(signal: AbortSignal): Promise<TimedSnapshot> {
    const now = this.clock.now();
    const known = await this.#accounts;
    if (known && now - Date.parse(known.at) <= runMs) return known;
    this.#recounted = null;
    this.#tunnels = null;
    this.#site = null;
    this.#labels = null;
    this.#changes = null;
    this.#owners = null;
    this.#limits = null;
    const at = isoNow(this.clock);
    this.#accounts = this.client.snapshot({}, { atOnce: true, signal }).then((snapshot) => ({ at, snapshot }));
    try {
      return await this.#accounts;
    } catch (error) {
      this.#accounts = null;
      throw error;
    }
  }

  /**
   * Reads when each forward was last written to, then users and permissions again: for accounts of which a forward newly rests. In this
   * order, after the forwards, the counters show why.
   */
  async recounted(signal: AbortSignal): Promise<TimedSnapshot> {
    const { at, snapshot: since } = await this.accounts(signal);
    await this.changes(signal);
    this.#recounted ??= this.client.snapshot({}, { since, signal }).then((snapshot) => ({ at, snapshot }));
    try {
      return await this.#recounted;
    } catch (error) {
      this.#recounted = null;
      throw error;
    }
  }

  async listForwards(service: ServiceRecord, signal: AbortSignal): Promise<FlvxForward[]> {
    const { snapshot } = await this.accounts(signal);
    return listOwnForwards(snapshot.observe(toScope(service)));
  }

  tunnels(signal: AbortSignal): Promise<FlvxTunnel[]> {
    this.#tunnels ??= this.client.tunnels.list({ signal });
    return this.#tunnels;
  }

  /** Reads tunnels and speed limits. */
  site(signal: AbortSignal): Promise<Site> {
    this.#site ??= Promise.all([this.tunnels(signal), this.client.speedLimits.list({ signal })]).then(
      ([tunnels, speedLimits]) => ({ tunnels, speedLimits }),
    );
    return this.#site;
  }

  /** Whether it was read when each forward was last written to. */
  get hasChanges(): boolean {
    return this.#changes !== null;
  }

  /** Reads when each forward was last written to, which is slow on the panel: once, unless it is to be read `again`. */
  async changes(signal: AbortSignal, { again } = { again: false }): Promise<ReadonlyMap<number, number>> {
    if (again) this.#changes = null;
    this.#changes ??= this.client.forwards.listChanges({ signal });
    try {
      return await this.#changes;
    } catch (error) {
      this.#changes = null;
      throw error;
    }
  }

  /** Returns what shows the rows of the snapshot's lists a second time. */
  second(signal: AbortSignal): SecondReading {
    const { client } = this;
    const owners = () => (this.#owners ??= client.forwards.listOwners({ signal }));
    const limits = () => (this.#limits ??= client.speedLimits.listIds({ signal }));
    return toSecondReading(client, { signal }, { owners, limits });
  }

  /** Reads nodes and groups. */
  labels(signal: AbortSignal): Promise<Labels> {
    const { nodes, groups } = this.client;
    this.#labels ??= Promise.all([
      // Only the names of nodes are used: everything else works without them.
      nodes.checkStatus({ signal }).catch(() => null),
      this.withGroups ? groups.listTunnelGroups({ signal }) : null,
    ]).then(([nodeRows, groupRows]) => ({ nodes: nodeRows, groups: groupRows }));
    return this.#labels;
  }

  /** Reads the nodes of all tunnels; null where that fails: only their names are shown. */
  async tunnelNodes(signal: AbortSignal): Promise<TunnelNodes | null> {
    const [tunnels, { nodes }] = await Promise.all([this.tunnels(signal).catch(() => null), this.labels(signal)]);
    if (tunnels === null || nodes === null) return null;
    return new Map(tunnels.map((tunnel) => [tunnel.id, { name: tunnel.name, nodes: nodeNames(tunnel, nodes) }]));
  }
}

/** Nodes, null where they could not be read, and groups of tunnels, null where no product names one. */
interface Labels {
  nodes: readonly FlvxNode[] | null;
  groups: readonly FlvxTunnelGroup[] | null;
}

type Site = Pick<FlvxSnapshot, 'tunnels' | 'speedLimits'>;
