import type {
  FlvxClient,
  FlvxForward,
  FlvxNode,
  FlvxSnapshot,
  FlvxSpeedLimit,
  FlvxTunnel,
  FlvxTunnelGroup,
} from '../index.js';
import type { ServiceRecord } from '@sluice/quota-core';
import { isoNow, type Clock } from '@sluice/panel-kind';
import { scopeOf } from './flvx-scope.js';

/** What tunnels and speeds there are. */
export interface FlvxSite {
  tunnels: readonly FlvxTunnel[];
  speedLimits: readonly FlvxSpeedLimit[];
}

/** Names of nodes, and groups of tunnels; null where they were not read. */
export interface FlvxLabels {
  nodes: readonly FlvxNode[] | null;
  groups: readonly FlvxTunnelGroup[] | null;
}

/** A snapshot of the long lists and its instant by our clock. */
export interface TimedSnapshot {
  at: string;
  snapshot: FlvxSnapshot;
}

/** Lists that are older belong to an earlier run of a process that makes several. */
const RUN_MS = 10 * 60_000;

/** The panel's lists, each read once in a run: the three long ones, and the short ones when something needs them. */
export class FlvxLists {
  readonly #client: FlvxClient;
  readonly #clock: Clock;
  /** Products name groups of tunnels. */
  readonly #withGroups: boolean;
  #long: Promise<TimedSnapshot> | null = null;
  #site: Promise<FlvxSite> | null = null;
  #labels: Promise<FlvxLabels> | null = null;
  #changes: Promise<ReadonlyMap<number, number>> | null = null;

  constructor(client: FlvxClient, clock: Clock, withGroups: boolean) {
    this.#client = client;
    this.#clock = clock;
    this.#withGroups = withGroups;
  }

  /** Users, permissions and forwards as read in this run: once for all pages of its services. */
  async long(signal: AbortSignal): Promise<TimedSnapshot> {
    const now = this.#clock.now();
    const known = await this.#long;
    if (known && now - Date.parse(known.at) <= RUN_MS) return known;
    this.#site = null;
    this.#labels = null;
    this.#changes = null;
    const at = isoNow(this.#clock);
    this.#long = this.#client.snapshot({}, { signal }).then((snapshot) => ({ at, snapshot }));
    try {
      return await this.#long;
    } catch (error) {
      this.#long = null;
      throw error;
    }
  }

  /** A service's forwards as read in this run. */
  async forwardsOf(service: ServiceRecord, signal: AbortSignal): Promise<FlvxForward[]> {
    const { snapshot } = await this.long(signal);
    const { user, forwards } = snapshot.observe(scopeOf(service));
    return forwards.filter((row) => row.userId === user?.id);
  }

  /** Tunnels and speed limits as read in this run. */
  site(signal: AbortSignal): Promise<FlvxSite> {
    const { tunnels, speedLimits } = this.#client;
    this.#site ??= Promise.all([tunnels.list({ signal }), speedLimits.list({ signal })]).then(
      ([tunnelRows, limitRows]) => ({ tunnels: tunnelRows, speedLimits: limitRows }),
    );
    return this.#site;
  }

  /** When each forward was last written to, as read in this run: the panel takes long for it. */
  async changes(signal: AbortSignal): Promise<ReadonlyMap<number, number>> {
    this.#changes ??= this.#client.forwards.changedAt({ signal });
    try {
      return await this.#changes;
    } catch (error) {
      this.#changes = null;
      throw error;
    }
  }

  /** Nodes and groups as read in this run. */
  labels(signal: AbortSignal): Promise<FlvxLabels> {
    const { nodes, groups } = this.#client;
    this.#labels ??= Promise.all([
      // Only their names are shown: without them everything else goes on.
      nodes.status({ signal }).catch(() => null),
      this.#withGroups ? groups.tunnels({ signal }) : null,
    ]).then(([nodeRows, groupRows]) => ({ nodes: nodeRows, groups: groupRows }));
    return this.#labels;
  }
}
