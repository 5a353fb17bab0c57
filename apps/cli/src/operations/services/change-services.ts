import { closest } from 'fastest-levenshtein';
import type { ServiceRecord } from '@sluice/state-store';
import { SluiceError, usageError } from '../../errors.js';
import { Leases, serviceLease } from '../leases.js';
import { requireService, type Session } from '../session.js';
import { applyField, IMPORT_KEYS, type ImportKey } from './fields.js';
import { blankService, checkService } from './import-services.js';

/** Texts of `KEY=VALUE…`, as the import names them. */
export function parsePairs(pairs: string[]): [ImportKey, string][] {
  return pairs.map((pair) => {
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    const key = IMPORT_KEYS.find((item) => item === name);
    if (at < 0) throw usageError('bad_pair', `"${pair}" is no KEY=VALUE`);
    if (key === undefined || key === 'id') {
      throw usageError('unknown_key', `There is no key "${name}"; did you mean "${closest(name, [...IMPORT_KEYS])}"?`);
    }
    return [key, pair.slice(at + 1)];
  });
}

/** Adds one service. */
export async function addService(session: Session, id: string, pairs: [ImportKey, string][]): Promise<ServiceRecord> {
  if (!/^[\w.:@-]{1,128}$/.test(id)) {
    throw usageError('bad_service', `"${id}" is no id: letters, digits and . _ : @ - only, at most 128`);
  }
  if (await session.store.services.get(id)) {
    throw new SluiceError(
      'service_exists',
      `There is a service "${id}" already; change it with "sluice service set ${id} KEY=VALUE"`,
    );
  }
  const record = blankService(id, session.now());
  setFields(session, record, pairs);
  await session.store.write((tables) => tables.services.put([record]));
  return record;
}

/** Changes keys of one service. */
export async function changeService(
  session: Session,
  id: string,
  pairs: [ImportKey, string][],
  waitMs: number,
): Promise<ServiceRecord> {
  return withServiceLease(session, id, waitMs, async (service) => {
    const record = structuredClone(service);
    setFields(session, record, pairs);
    const moved = record.panel !== service.panel;
    if (moved && (await session.store.evidence.open({ services: [id] })).length > 0) {
      throw new SluiceError('service_held', `"${id}" can't change its panel while it is held: release it first`);
    }
    const changed = { ...record, updatedAt: session.now() };
    await session.store.write((tables) => tables.services.put([changed]));
    return changed;
  });
}

function setFields(session: Session, record: ServiceRecord, pairs: [ImportKey, string][]): void {
  const problems: string[] = [];
  for (const [key, value] of pairs) {
    try {
      applyField(record, key, value);
    } catch (error) {
      problems.push(`${key}: ${(error as Error).message}`);
    }
  }
  if (problems.length === 0)
    problems.push(...checkService(record, session.config).map(([key, message]) => `${key}: ${message}`));
  if (problems.length > 0) {
    throw usageError('bad_service', [`"${record.id}" was not stored:`, ...problems].join('\n  '), {
      service: record.id,
      problems,
    });
  }
}

/** Removes a service and what is known of it; refused while it is held or has an account that Sluice made. */
export async function removeService(session: Session, id: string, waitMs: number): Promise<ServiceRecord> {
  return withServiceLease(session, id, waitMs, async (service) => {
    const evidence = await session.store.evidence.open({ services: [id] });
    const holds = await session.store.holds.open({ services: [id] });
    if (evidence.length > 0 || holds.length > 0) {
      throw new SluiceError(
        'service_held',
        `"${id}" is held (${holds.map((hold) => hold.reason).join(', ') || 'something is still restricted'}): release it first, so that what was shut is given back`,
        { details: { service: id } },
      );
    }
    if (service.ownRefs.length > 0 && service.status !== 'terminated') {
      throw new SluiceError(
        'service_has_account',
        `"${id}" has an account that Sluice made: "sluice provision terminate ${id} --yes" first`,
      );
    }
    await session.store.write((tables) => tables.services.remove(id));
    return service;
  });
}

/** Works on one service under its lease, with the service as it is then. */
export async function withServiceLease<T>(
  session: Session,
  id: string,
  waitMs: number,
  work: (service: ServiceRecord, leases: Leases) => Promise<T>,
): Promise<T> {
  await requireService(session, id);
  const leases = new Leases(session, session.runId ?? session.id('run'));
  try {
    await leases.take(serviceLease(id), waitMs);
    return await work(await requireService(session, id), leases);
  } finally {
    await leases.releaseAll();
  }
}
