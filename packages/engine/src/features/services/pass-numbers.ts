import {
  type OwnershipRecord,
  numberSubject,
  ownershipSubject,
  type ServiceChange,
  type ServiceRecord,
  type StoreTables,
} from '@sluice/state-store';
import type { Context } from '../../context/context.js';

type Ownership = Pick<StoreTables, 'ownership'>;

/** A service that names another line than before. */
export interface OtherLine {
  service: Pick<ServiceRecord, 'id' | 'panel'>;
  /** Last period of the line that it names now, if that was its own. */
  back: OwnershipRecord | null;
  /** ISO UTC. */
  at: string;
}

/** Returns the services that name another line from these changes on; to be read before the changes are stored. */
export async function listOtherLines(
  context: Pick<Context, 'findKind'>,
  { ownership }: Ownership,
  { changes, before }: { changes: readonly ServiceChange[]; before: readonly ServiceRecord[] },
): Promise<OtherLine[]> {
  const services = new Map(before.map((service) => [service.id, service]));
  const found: OtherLine[] = [];
  for (const { id, panel: to, refs = {}, updatedAt: at } of changes) {
    const service = services.get(id);
    const kind = service === undefined ? undefined : context.findKind(service.panel);
    if (service === undefined || !kind?.capabilities.includes('calls')) continue;
    const { panel } = service;
    const ref = kind.requiredRef ?? '';
    const [had, has = had] = [service.refs[ref], refs[ref] ?? undefined];
    if ((to !== undefined && to !== panel) || had === undefined || has === undefined || had === has) continue;
    const last = (await ownership.list({ panel, subjects: [ownershipSubject(ref, has)] })).at(-1);
    found.push({ service: { id, panel }, back: last?.service === id ? last : null, at });
  }
  return found;
}

/** Ends what services had of the numbers of lines that they have left, and begins it again for the line that they are back on. */
export async function passNumbers({ ownership }: Ownership, lines: readonly OtherLine[]): Promise<void> {
  const prefix = numberSubject('');
  for (const { service, back, at } of lines) {
    const { id, panel } = service;
    const periods = (await ownership.list({ panel, service: id })).filter(({ subject }) => subject.startsWith(prefix));
    const last = [...new Map(periods.map((period) => [period.subject, period])).values()];
    for (const { subject, until } of last) {
      const isBack = until !== null && until === back?.until;
      if (until !== null && !isBack) continue;
      const number = subject.slice(prefix.length);
      const all = await ownership.list({ panel, subjects: [subject] });
      // Somebody else may have got it meanwhile.
      if (isBack && all.at(-1)?.service !== id) continue;
      await ownership.passNumber({ panel, service: id, number, has: isBack, at });
    }
  }
}
