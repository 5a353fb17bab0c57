import type { RecordNoun } from '@sluice/contract';
import { SluiceError, type TelephonyOperation, type TelephonyResource, usageError } from '@sluice/panel-kind';
import { openTelephony } from './find-line.js';
import { requirePanelName } from '../../base/config/find-panel.js';
import type { Context } from '../../context/context.js';

/** The telephony of a panel, with the panel's name. */
export interface NamedTelephony {
  panel: string;
  telephony: Awaited<ReturnType<typeof openTelephony>>;
}

/** Returns the telephony of the named panel, or of the only one that has it. */
export async function requireTelephony(context: Context, name: string | null): Promise<NamedTelephony> {
  const panel = name ?? onlyPanel(context);
  requirePanelName(context, panel);
  return { panel, telephony: await openTelephony(context, panel) };
}

/** Returns whether a panel of the config is a telephony system. */
export function hasCalls(context: Context, panel: string): boolean {
  return context.findKind(panel)?.capabilities.includes('calls') === true;
}

/** Returns the telephony of a panel; null for one that has none, or is not in the config any more. */
export async function findTelephony(context: Context, panel: string): Promise<NamedTelephony['telephony'] | null> {
  return hasCalls(context, panel) ? ((await context.panel(panel)).telephony ?? null) : null;
}

function onlyPanel(context: Context): string {
  const known = Object.keys(context.config.panels).filter((panel) => hasCalls(context, panel));
  const [only] = known;
  if (only === undefined) throw usageError('unsupported', 'No panel of the config has telephony');
  if (known.length === 1) return only;
  throw usageError('ambiguous_panel', `There are several panels with telephony: ${known.join(', ')}`);
}

/** What one record of each list is. */
export const RECORD_NAMES = {
  customers: 'customer',
  subscribers: 'subscriber',
  dids: 'did',
  plans: 'plan',
  carriers: 'carrier',
  trunks: 'trunk',
  routes: 'route',
  rates: 'rate',
  countries: 'country',
} as const satisfies Record<TelephonyResource, string>;

/** Returns the noun of the commands about a list: `plan` alone shows what a run would change. */
export function toNoun(resource: TelephonyResource): RecordNoun {
  const name = RECORD_NAMES[resource];
  return name === 'plan' ? 'plan-catalog' : name;
}

/**
 * Refuses what the system lacks, before any call.
 *
 * @throws SluiceError `unsupported`
 */
export function refuseUnsupported({ panel, telephony }: NamedTelephony, operation: TelephonyOperation): void {
  const reason = telephony.unsupported(operation);
  if (reason === null) return;
  throw new SluiceError('unsupported', `Panel "${panel}": ${reason}`, { kind: 'unsupported', details: { panel } });
}
