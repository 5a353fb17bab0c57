import type { ItemError, Panel, ProductSettings } from '@sluice/panel-kind';
import type { ServiceChange, ServiceRecord, StoreTables } from '@sluice/state-store';
import type { CommandContent } from '../commands/types.js';
import type { Session } from '../session.js';

/** A request to provision an account. */
export interface ProvisionRequest {
  verb: 'create' | 'renew' | 'change-package' | 'change-password' | 'terminate';
  dryRun: boolean;
  waitMs: number;
  adopt?: boolean;
  /** `renew --until DATE` */
  until?: string | undefined;
  /** `change-package SERVICE PRODUCT` */
  product?: string | undefined;
  /** Absolute path of the new file that a generated password is written to. */
  passwordFile?: string | undefined;
  /** Returns the caller's new password. */
  password?: (() => Promise<string>) | undefined;
  /** Whether the caller shows a password that has no file, or any (`'always'`). */
  shown: boolean | 'always';
}

/** What the journal row of a command stores, so that a repeat finishes the interrupted command. */
export interface StoredCommand {
  until?: string;
  product?: string;
  passwordFile?: string | null;
  /** Who requested a termination. */
  by?: string;
}

/** A provisioning command for one service. */
export interface VerbCommand {
  session: Session;
  panel: Panel;
  request: ProvisionRequest;
  stored: StoredCommand;
  /** The service's product after the command. */
  product: ProductSettings;
  /** Id of the command's journal row. */
  row: string;
}

/** Returns the fields of the service that the command changes. */
export function serviceChange(command: VerbCommand, service: ServiceRecord): ServiceChange {
  const { session, panel, request, stored, product } = command;
  // The unguessable name is stored before the account is created, so that it can be found after a lost answer.
  const names = request.verb === 'create' ? panel.accounts?.newRefs(service, product, session.deps.randomBytes) : {};
  const added = Object.entries(names ?? {}).filter(([key]) => service.refs[key] === undefined);
  return {
    id: service.id,
    ...(stored.until === undefined ? {} : { nextDueDate: stored.until }),
    ...(stored.product === undefined ? {} : { product: stored.product }),
    refs: Object.fromEntries(added),
    ownRefs: Object.fromEntries(added.map(([key]) => [key, true])),
    updatedAt: session.now(),
  };
}

/** Records that the command is done. */
export async function finishVerb(
  { session, request, row }: VerbCommand,
  service: ServiceRecord,
  tables: StoreTables,
): Promise<void> {
  if (request.verb === 'create' && service.status === 'pending') await setStatus(session, service, 'active', tables);
  if (request.verb === 'terminate') {
    await setStatus(session, service, 'terminated', tables);
    await endAll(session, service, tables);
  }
  await tables.actions.end(row, { state: 'applied', settledAt: session.now() });
}

/** Records that the command was refused, so that no run continues it. */
export async function refuse(
  { session, row }: VerbCommand,
  { code, message }: ItemError,
  tables: StoreTables,
): Promise<void> {
  const settledAt = session.now();
  await tables.actions.end(row, { state: 'failed', settledAt, errorCode: code, errorMessage: message });
}

/** Restores the service's product after a change to a package that its agent may not sell. */
export function restoreProduct(command: VerbCommand, service: ServiceRecord): NonNullable<CommandContent['refused']> {
  const { session } = command;
  const { id, product } = service;
  return async (error, tables) => {
    if (error.code !== 'agent_limit') return;
    await tables.services.update([{ id, product, updatedAt: session.now() }]);
    await refuse(command, error, tables);
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

/** Ends a billing hold for an overdue service on renewal; one from `provision suspend` stays. */
export async function endOverdueHold(session: Session, service: ServiceRecord, tables: StoreTables): Promise<void> {
  if (service.status === 'suspended') return;
  for (const hold of await tables.holds.open({ services: [service.id], reason: 'billing' })) {
    await tables.holds.end(hold.id, session.now());
  }
}

/** Ends all holds and evidence of a terminated service: its objects on the panel are gone. */
async function endAll(session: Session, service: ServiceRecord, tables: StoreTables): Promise<void> {
  const at = session.now();
  for (const item of await tables.evidence.open({ services: [service.id], panel: service.panel }))
    await tables.evidence.end(item.id, at, 'dropped');
  for (const hold of await tables.holds.open({ services: [service.id] })) await tables.holds.end(hold.id, at);
}
