import type { LeaseOwner } from '@sluice/quota-core';
import type { AddonSearch } from '../addon/addon-backend.js';
import type { HiddifyClient } from '../client/types.js';
import type { AgentTrafficManager } from '../traffic/manager.js';
import type { AgentTrafficStore } from '../traffic/store.js';

/** An open panel with agents: what its limits are kept through. */
export interface AgentPanel {
  readonly name: string;
  readonly client: HiddifyClient;
  /** Whether the panel's add-on keeps the limits, and where its API is; false: the manager keeps them. */
  readonly addon: boolean | { prefix: string };
  /** Looks for the add-on on the panel. */
  findAddon(prefix?: string): Promise<AddonSearch>;
  /**
   * Returns a manager of the panel's agents over a store of its own.
   *
   * @param begun when the last creation or raise of a process was begun that did not end, by `processKey`
   */
  manager(store: AgentTrafficStore, begun?: ReadonlyMap<string, string>): AgentTrafficManager;
}

/** Returns whether an open panel is one with agents. */
export function isAgentPanel<P extends object>(panel: P): panel is P & AgentPanel {
  return 'findAddon' in panel && 'manager' in panel;
}

/** Returns the name of a process, as runs and leases have it. */
export function processKey({ host, pid }: Pick<LeaseOwner, 'host' | 'pid'>): string {
  return `${host}:${pid}`;
}
