import type { PanelTelephony } from '@sluice/panel-kind';
import { ownershipSubject, type OwnershipRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { blankService } from './check-service.js';

/** A line of a panel with the services that have or had it, in the order in which they got it. */
export interface OwnedLine {
  subscriber: string;
  periods: OwnershipRecord[];
}

/** Lists the lines of a panel that services have or had. Calls no panel. */
export async function listLines(context: Context, panel: string, telephony: PanelTelephony): Promise<OwnedLine[]> {
  const lines = new Map<string, OwnedLine>();
  const refs = context.findKind(panel)?.refs.map(({ name }) => name) ?? [];
  const service = { ...blankService('', context.now()), panel };
  const names = refs.filter((name) => telephony.findSubscriber({ ...service, refs: { [name]: 'x' } }) === 'x');
  for (const period of await context.store.ownership.list({ panel })) {
    const name = names.find((ref) => period.subject.startsWith(ownershipSubject(ref, '')));
    if (name === undefined) continue;
    const subscriber = period.subject.slice(ownershipSubject(name, '').length);
    const line = lines.get(period.subject) ?? { subscriber, periods: [] };
    line.periods.push(period);
    lines.set(period.subject, line);
  }
  return [...lines.values()];
}
