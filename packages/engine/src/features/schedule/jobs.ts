import type { BillingKind } from '@sluice/contract/ports';
import type { PanelKind } from '@sluice/panel-kind';
import { listCallPanels } from '../../base/config/call-panels.js';
import { billingSettings, findEntry } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';

/** A command that a schedule runs. */
export interface ScheduledCommand {
  /** Its name in the log. */
  command: 'poll' | 'reconcile' | 'agent check' | 'call bill' | 'service sync';
  /** Time between its runs in milliseconds; a day for `reconcile`. */
  intervalMs: number;
  /** Whether it is a poll of what is due only. */
  due?: boolean;
}

/** The kinds of panels and billing systems that a config may name. */
export interface ScheduledKinds {
  kinds: readonly Pick<PanelKind, 'kind' | 'capabilities' | 'billFrom'>[];
  billing: readonly Pick<BillingKind, 'kind' | 'openSource'>[];
}

const DAY_MS = 86_400_000;

/** Returns the commands that the panels and the billing system of a config need, each with its interval. */
export function scheduledCommands(
  config: Pick<Config, 'panels' | 'products' | 'poll' | 'schedule'>,
  { kinds, billing }: ScheduledKinds,
): ScheduledCommand[] {
  const { panels, poll, schedule } = config;
  const hasAgents = Object.keys(panels).some((name) => {
    const kind = findEntry(panels, name)?.kind;
    return kinds.some((known) => known.kind === kind && known.capabilities.includes('agents'));
  });
  const hasBills = listCallPanels(config, kinds).billed.length > 0;
  const hasSource = billing.some(
    // Products may be named in the billing system alone.
    ({ kind, openSource }) => openSource !== undefined && billingSettings(config as Config, kind) !== undefined,
  );
  return [
    poll.maxOvershoot === undefined
      ? { command: 'poll', intervalMs: poll.interval }
      : { command: 'poll', intervalMs: poll.floor, due: true },
    { command: 'reconcile', intervalMs: DAY_MS },
    ...(hasAgents ? [{ command: 'agent check' as const, intervalMs: schedule.agentCheck }] : []),
    ...(hasBills ? [{ command: 'call bill' as const, intervalMs: schedule.callBill }] : []),
    ...(hasSource ? [{ command: 'service sync' as const, intervalMs: schedule.sync }] : []),
  ];
}
