import type { HiddifyClient } from '../client/types.js';
import { AgentTrafficManager } from '../traffic/manager.js';
import type { AgentTrafficStore } from '../traffic/store.js';
import type { Zeroing } from '../traffic/zeroings.js';
import type { LeaseOwner } from '@sluice/quota-core';
import { callAgeMs, isoNow, type PanelDependencies } from '@sluice/panel-kind';
import { processKey } from '../account/agent-panel.js';
import type { HiddifySettings } from './settings.js';

/**
 * The panel may still be at work on the request of a process that is gone. Until this has passed since the call was begun,
 * its promise stands.
 */
const LAST_REQUEST_MS = 30_000;

/** What a manager is opened with. */
export interface ManagerInput {
  client: HiddifyClient;
  store: AgentTrafficStore;
  config: Pick<HiddifySettings, 'agents'>;
  timeZone: string;
  deps: Pick<PanelDependencies, 'clock' | 'owner' | 'isAlive' | 'trustedNow'>;
  /** When the last creation or raise of a process was begun that did not end, by `processKey`. */
  begun?: ReadonlyMap<string, string> | undefined;
  /** Our own zeroings since an instant. */
  zeroings: (since: string) => Promise<Zeroing[]>;
}

/** The manager of a panel's agents with the settings of its config. */
export function openAgentManager({
  client,
  store,
  config,
  timeZone,
  deps,
  begun,
  zeroings,
}: ManagerInput): AgentTrafficManager {
  const { accounting, period, exempt, releaseBelow, thresholds } = config.agents ?? {};
  return new AgentTrafficManager({
    client,
    store,
    clock: deps.clock,
    periodNow: deps.trustedNow,
    timeZone,
    zeroings,
    holder: JSON.stringify(deps.owner),
    isHolderAlive: (holder) => isHolderAlive(holder, deps, begun ?? new Map()),
    mayResume: (holder) => isGone(holder, deps),
    // A command goes by what the panel shows now, not by what another one saw a moment ago.
    figuresSince: isoNow(deps.clock),
    ...(accounting === undefined ? {} : { accounting }),
    ...(period === undefined ? {} : { period }),
    ...(exempt === undefined ? {} : { exempt: exempt.map((agent) => agent.trim()) }),
    ...(releaseBelow === undefined ? {} : { releaseBelowPercent: Math.round(releaseBelow * 100) }),
    ...(thresholds === undefined ? {} : { thresholds }),
  });
}

function isHolderAlive(
  holder: string,
  { clock, isAlive, owner: self }: ManagerInput['deps'],
  begun: ReadonlyMap<string, string>,
): boolean | null {
  const owner = ownerIn(holder);
  if (owner === null || owner.host !== self.host) return null;
  if (isAlive(owner)) return true;
  const calledAt = begun.get(processKey(owner));
  const settled = calledAt === undefined || callAgeMs(calledAt, clock.now()) >= LAST_REQUEST_MS;
  return settled ? false : null;
}

function isGone(holder: string, { isAlive, owner: self }: ManagerInput['deps']): boolean {
  const owner = ownerIn(holder);
  return owner !== null && owner.host === self.host && !isAlive(owner);
}

function ownerIn(holder: string): LeaseOwner | null {
  try {
    const { host, pid, processStart } = JSON.parse(holder) as Partial<LeaseOwner>;
    if (typeof host !== 'string' || typeof pid !== 'number' || typeof processStart !== 'string') return null;
    return { host, pid, processStart };
  } catch {
    return null;
  }
}
