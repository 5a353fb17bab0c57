import type { ServiceChange, ServiceRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { isGone } from '../../kernel/subject/account.js';

/** Returns which of these services have an account that the last run found to be gone from the panel. */
export async function findGone(
  { decisions }: Pick<StoreTables, 'decisions'>,
  services: readonly string[],
): Promise<ReadonlySet<string>> {
  const latest = services.length === 0 ? [] : await decisions.latest([...services]);
  return new Set(latest.filter(({ errorCode }) => isGone(errorCode)).map(({ service }) => service));
}

/**
 * Ends what was restricted on accounts that are gone, once their services are terminated or name another one: until then an account may
 * be there again.
 */
export async function endGone(
  context: Pick<Context, 'findKind' | 'now'>,
  tables: StoreTables,
  { changes, before }: { changes: readonly ServiceChange[]; before: readonly ServiceRecord[] },
): Promise<void> {
  const services = new Map(before.map((service) => [service.id, service]));
  const left = changes.filter((change) => leavesAccount(context, services.get(change.id), change));
  const gone = await findGone(
    tables,
    left.map(({ id }) => id),
  );
  for (const { id, refs = {} } of left) if (gone.has(id)) await endEvidence(context, tables, { id, refs });
}

function leavesAccount(
  context: Pick<Context, 'findKind'>,
  service: ServiceRecord | undefined,
  { status, panel, refs = {} }: ServiceChange,
): boolean {
  if (service === undefined) return false;
  const ref = context.findKind(service.panel)?.requiredRef ?? '';
  const isOther = refs[ref] !== undefined && refs[ref] !== service.refs[ref];
  return (
    isOther || (status === 'terminated' && status !== service.status) || (panel ?? service.panel) !== service.panel
  );
}

/** Ends what is restricted for a service whose account is gone. */
export async function endIfGone(context: Pick<Context, 'now'>, tables: StoreTables, id: string): Promise<void> {
  if ((await findGone(tables, [id])).has(id)) await endEvidence(context, tables, { id, refs: {} });
}

/** Ends what is restricted for a service, except where it names the restricted account again. */
async function endEvidence(
  context: Pick<Context, 'now'>,
  { evidence }: StoreTables,
  { id, refs }: Required<Pick<ServiceChange, 'id' | 'refs'>>,
): Promise<void> {
  const open = await evidence.open({ services: [id] });
  if (open.some(({ target }) => Object.values(refs).includes(target))) return;
  for (const item of open) await evidence.end(item.id, context.now(), 'dropped');
}
