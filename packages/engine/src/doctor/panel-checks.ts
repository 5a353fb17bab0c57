import { toItemError } from '@sluice/panel-kind';
import type { FingerprintRecord, ServiceRecord } from '@sluice/state-store';
import { findEnforcement } from '../panels/enforcement.js';
import type { Session } from '../session.js';
import type { Check } from './check.js';
import { panelClockCheck } from './clock-checks.js';
import { expiryCheck } from './expiry-check.js';
import { sharedChecks } from './service-checks.js';

/** Checks that a panel answers, its clock, and what its services share; with `contract` every endpoint and mapping. */
export async function panelChecks(session: Session, name: string, contract: boolean): Promise<Check[]> {
  const checks: Check[] = [];
  try {
    const panel = await session.panel(name);
    const startedAt = session.deps.clock.now();
    const { message, clockDifferenceMs, warnings = [], expiring } = await panel.test();
    const took = session.deps.clock.now() - startedAt;
    checks.push({ name: 'panel', object: name, status: 'ok', message: `${message} in ${took} ms` });
    for (const warning of warnings) {
      checks.push({ name: 'panel', object: name, status: 'warning', message: warning });
    }
    const difference = clockDifferenceMs ?? session.clockDifference(name);
    checks.push(...panelClockCheck(name, difference));
    if (expiring !== undefined) checks.push(expiryCheck(name, expiring, session.deps.clock.now() + (difference ?? 0)));
    const enforcement = findEnforcement(session.config, await session.store.switches.list(), name, null);
    checks.push({ name: 'enforce', object: name, status: 'ok', message: describeEnforcement(enforcement) });
    const services = await session.store.services.list({ panel: name });
    checks.push(...(await sharedChecks(session, panel, services)));
    if (contract) checks.push(...(await contractChecks(session, name, services)));
  } catch (error) {
    const { code, message } = toItemError(error);
    checks.push({ name: 'panel', object: name, status: 'failed', message: `${code}: ${message}`, code });
  }
  return checks;
}

function describeEnforcement({ value, source, since }: ReturnType<typeof findEnforcement>): string {
  const by = source === 'switch' ? 'set with a command' : `set in the config (${source})`;
  return `${value}, ${by}${since === null ? '' : ` since ${since}`}`;
}

/** Reads every endpoint and stores the shape of its answer; a poll treats an answer of another shape as unreadable. */
async function contractChecks(session: Session, name: string, services: ServiceRecord[]): Promise<Check[]> {
  const panel = await session.panel(name);
  if (!panel.contract) {
    return [{ name: 'contract', object: name, status: 'skipped', message: `not supported for ${panel.kind.kind}` }];
  }
  const { checks, shapes, lists = {} } = await panel.contract.check(services, session.deps.signal);
  const since = session.now();
  const records: FingerprintRecord[] = shapes.map(({ endpoint, shape }) => ({
    panel: name,
    endpoint,
    shape,
    since,
    confirmed: true,
  }));
  await session.write([], async (tables) => {
    for (const record of records) await tables.fingerprints.put(record);
    for (const list of ['speedLimits', 'tunnelGroups'] as const) {
      const ids = lists[list];
      if (ids !== undefined) await tables.panelLists.put(name, list, { ids, at: since });
    }
  });
  return checks;
}
