import type { DecisionRecord, HeldLease, ServiceChange, ServiceRecord, StoreTables } from '@sluice/state-store';
import { endHolds } from '../../context/change-holds.js';
import type { Context } from '../../context/context.js';
import { isGone } from '../../kernel/subject/account.js';

/** Returns which of these services have an account that the last run found to be gone from the panel, and no command has found since. */
export async function findGone(
  { decisions }: Pick<StoreTables, 'decisions'>,
  services: readonly string[],
): Promise<ReadonlySet<string>> {
  const latest = services.length === 0 ? [] : await decisions.latest([...services]);
  return new Set(latest.filter(({ errorCode }) => isGone(errorCode)).map(({ service }) => service));
}

/** Notes that a command has found the account of a service which the last run did not find; its alarm ends, as in a run that finds it. */
export async function noteFound(
  context: Pick<Context, 'store' | 'write' | 'now'>,
  fences: HeldLease[],
  { service, run }: { service: string; run: string },
): Promise<void> {
  const { store } = context;
  const alarms = (await store.alarms.list({ services: [service] })).filter(({ code }) => isGone(code));
  if (alarms.length === 0 && !(await findGone(store, [service])).has(service)) return;
  await context.write(fences, async (tables) => {
    if (alarms.length > 0) await tables.alarms.remove(alarms.map(({ id }) => id));
    const [latest] = await tables.decisions.latest([service]);
    if (latest !== undefined && isGone(latest.errorCode))
      await tables.decisions.record([{ ...withoutError(latest), run, at: context.now() }]);
  });
}

function withoutError(decision: DecisionRecord): DecisionRecord {
  const { status, rule, errorCode } = decision;
  return {
    ...decision,
    status: status === 'failed' ? 'ok' : status,
    rule: rule === errorCode ? 'not-decided' : rule,
    errorCode: null,
    errorMessage: null,
  };
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

/** Ends what is left of a service or an agent for which nothing can be released any more: its account or its panel is gone. */
export async function endRestrictions(
  context: Pick<Context, 'now'>,
  tables: StoreTables,
  subject: string,
): Promise<void> {
  await endEvidence(context, tables, { id: subject, refs: {} });
  await endHolds(tables, await tables.holds.open({ services: [subject] }), context.now());
}
