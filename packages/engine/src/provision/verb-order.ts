import type { ItemError, Panel, ProductSettings } from '@sluice/panel-kind';
import type { ServiceChange, ServiceRecord, StoreTables } from '@sluice/state-store';
import type { CommandContent } from '../commands/types.js';
import type { Session } from '../session.js';
import type { ProvisionRequest } from './request.js';

/** What an order row keeps, so that a repeat finishes what was broken off instead of beginning again. */
export interface OrderMemory {
  until?: string;
  product?: string;
  passwordFile?: string | null;
  /** Who ordered a termination. */
  by?: string;
}

/** A provisioning verb for one service. */
export interface VerbOrder {
  session: Session;
  panel: Panel;
  request: ProvisionRequest;
  memory: OrderMemory;
  /** The service's product after the order. */
  product: ProductSettings;
  /** Id of the order's journal row. */
  row: string;
}

/** What the verb changes of the service, in its row; the rest of the row is not this order's. */
export function desiredChange(order: VerbOrder, service: ServiceRecord): ServiceChange {
  const { session, panel, request, memory, product } = order;
  // An unguessable name is stored before the account is made: a lost answer is settled by looking for it.
  const names = request.verb === 'create' ? panel.accounts?.newRefs(service, product, session.deps.randomBytes) : {};
  const made = Object.entries(names ?? {}).filter(([key]) => service.refs[key] === undefined);
  return {
    id: service.id,
    ...(memory.until === undefined ? {} : { nextDueDate: memory.until }),
    ...(memory.product === undefined ? {} : { product: memory.product }),
    refs: Object.fromEntries(made),
    ownRefs: Object.fromEntries(made.map(([key]) => [key, true])),
    updatedAt: session.now(),
  };
}

/** Writes down that all of the order is done. */
export async function finishVerb(
  { session, request, row }: VerbOrder,
  service: ServiceRecord,
  tables: StoreTables,
): Promise<void> {
  if (request.verb === 'create' && service.status === 'pending') await setStatus(session, service, 'active', tables);
  if (request.verb === 'terminate') {
    await setStatus(session, service, 'terminated', tables);
    await endAll(session, service, tables);
  }
  await tables.actions.settle(row, { state: 'applied', settledAt: session.now() });
}

/** An order that can't be carried out is no wish that a run goes on with. */
export async function refuse(
  { session, row }: VerbOrder,
  { code, message }: ItemError,
  tables: StoreTables,
): Promise<void> {
  const settledAt = session.now();
  await tables.actions.settle(row, { state: 'failed', settledAt, errorCode: code, errorMessage: message });
}

/** Returns how a package that the agent may not sell is refused: the service goes back to the one that it has now. */
export function refusedPackage(order: VerbOrder, service: ServiceRecord): NonNullable<CommandContent['refused']> {
  const { session } = order;
  const { id, product } = service;
  return async (error, tables) => {
    if (error.code !== 'agent_limit') return;
    await tables.services.update([{ id, product, updatedAt: session.now() }]);
    await refuse(order, error, tables);
  };
}

async function setStatus(
  session: Session,
  service: ServiceRecord,
  status: ServiceRecord['status'],
  tables: StoreTables,
): Promise<void> {
  await tables.services.update([{ id: service.id, status, updatedAt: session.now() }]);
}

/** A billing hold that was due to the expiry goes with the renewal; one that was ordered stays. */
export async function endOverdueHold(session: Session, service: ServiceRecord, tables: StoreTables): Promise<void> {
  if (service.status === 'suspended') return;
  for (const hold of await tables.holds.open({ services: [service.id], reason: 'billing' })) {
    await tables.holds.end(hold.id, session.now());
  }
}

/** Nothing of a terminated service is left to hold or to undo on its panel. */
async function endAll(session: Session, service: ServiceRecord, tables: StoreTables): Promise<void> {
  const at = session.now();
  for (const item of await tables.evidence.open({ services: [service.id], panel: service.panel }))
    await tables.evidence.end(item.id, at, 'dropped');
  for (const hold of await tables.holds.open({ services: [service.id] })) await tables.holds.end(hold.id, at);
}
