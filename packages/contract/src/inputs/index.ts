import type { UseCaseGroup } from '../use-cases.js';
import type { Input } from './shapes.js';

export type { Input } from './shapes.js';

/** What the methods of each group accept; '': those of the instance itself. Each group is loaded when one of its methods is called. */
export const INPUTS = {
  '': async () => (await import('./facade.js')).facadeInputs,
  services: async () => (await import('./services.js')).serviceInputs,
  holds: async () => (await import('./holds.js')).holdInputs,
  provision: async () => (await import('./provision.js')).provisionInputs,
  agents: async () => (await import('./agents.js')).agentInputs,
  panels: async () => (await import('./panels.js')).panelInputs,
  usage: async () => (await import('./usage.js')).usageInputs,
  overrides: async () => (await import('./services.js')).overrideInputs,
  purchases: async () => (await import('./money.js')).purchaseInputs,
  autoBuy: async () => (await import('./money.js')).autoBuyInputs,
  credit: async () => (await import('./money.js')).creditInputs,
  clients: async () => (await import('./money.js')).clientInputs,
  invoices: async () => (await import('./money.js')).invoiceInputs,
  calls: async () => (await import('./calls.js')).callInputs,
  dids: async () => (await import('./telephony.js')).didInputs,
  telephony: async () => (await import('./telephony.js')).telephonyInputs,
  log: async () => (await import('./log.js')).logInputs,
  access: async () => (await import('./access.js')).accessInputs,
  requests: async () => (await import('./access.js')).requestInputs,
  notices: async () => (await import('./log.js')).noticeInputs,
} as const satisfies Record<UseCaseGroup | '', () => Promise<Readonly<Record<string, Input>>>>;

/** What each method of a group accepts. */
export type MethodInputs<Group extends keyof typeof INPUTS> = Awaited<ReturnType<(typeof INPUTS)[Group]>>;
