import type { PanelKind } from '@sluice/panel-kind';
import { findEntry } from '../config/find-entry.js';
import type { Config } from '../config/schema.js';

/** A command that a schedule runs. */
export interface ScheduledCommand {
  /** Its name in the log. */
  command: 'poll' | 'reconcile' | 'agent check' | 'call bill';
  /** Time between its runs in milliseconds; a day for `reconcile`. */
  intervalMs: number;
}

const DAY_MS = 86_400_000;

/** Returns the commands that the panels of a config need, each with its interval. */
export function scheduledCommands(
  config: Pick<Config, 'panels' | 'poll' | 'schedule'>,
  kinds: readonly Pick<PanelKind, 'kind' | 'capabilities'>[],
): ScheduledCommand[] {
  const { panels, poll, schedule } = config;
  const hasPanel = (capability: 'agents' | 'calls'): boolean =>
    Object.keys(panels).some((name) => {
      const kind = findEntry(panels, name)?.kind;
      return kinds.some((known) => known.kind === kind && known.capabilities.includes(capability));
    });
  return [
    { command: 'poll', intervalMs: poll.interval },
    { command: 'reconcile', intervalMs: DAY_MS },
    ...(hasPanel('agents') ? [{ command: 'agent check' as const, intervalMs: schedule.agentCheck }] : []),
    ...(hasPanel('calls') ? [{ command: 'call bill' as const, intervalMs: schedule.callBill }] : []),
  ];
}
