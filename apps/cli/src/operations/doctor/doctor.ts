import { statSync } from 'node:fs';
import type { FingerprintRecord, ServiceRecord } from '@sluice/state-store';
import { itemErrorOf } from '../../errors.js';
import { enforcementOf } from '../enforcement.js';
import { holdsFileOf } from '../holds-file.js';
import type { Session } from '../session.js';

/** One finding of `doctor` and `db check`. */
export interface Check {
  name: string;
  object: string;
  status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was found, and the remedy where something is wrong. */
  message: string;
}

/** What `doctor` is asked. */
export interface DoctorRequest {
  panel?: string | undefined;
  /** One read per endpoint, what was understood of it, and every service's mapping. */
  contract?: boolean;
}

/** Runs that should have been made within this many poll intervals. */
const LATE_INTERVALS = 3;
/** A clock that is further off makes cycles begin and end at the wrong time. */
const CLOCK_TOLERANCE_MS = 120_000;

/** Looks at config, store, clock, leases, panels and last runs; never throws for what it finds. */
export async function runDoctor(session: Session, request: DoctorRequest): Promise<{ ok: boolean; checks: Check[] }> {
  const checks: Check[] = [
    ...configChecks(session),
    ...(await storeChecks(session)),
    ...(await clockChecks(session)),
    ...(await leaseChecks(session)),
    ...(await runChecks(session)),
  ];
  const panels = request.panel === undefined ? Object.keys(session.config.panels) : [request.panel];
  for (const name of panels) checks.push(...(await panelChecks(session, name, request.contract === true)));
  return { ok: !checks.some((check) => check.status === 'failed'), checks };
}

function configChecks({ config }: Session): Check[] {
  const warnings = config.warnings.map((warning): Check => ({
    name: 'config',
    object: warning.path === '' ? config.file : warning.path,
    status: 'warning',
    message: warning.message,
  }));
  return [
    { name: 'config', object: config.file, status: 'ok', message: `${Object.keys(config.panels).length} panels` },
    ...warnings,
  ];
}

async function storeChecks({ store }: Session): Promise<Check[]> {
  const checks: Check[] = (await store.maintenance.check()).map((check) => ({ ...check, name: `store ${check.name}` }));
  const holds = await store.holds.open();
  const file = holdsFileOf(store.location);
  if (holds.length > 0 && !statSync(file, { throwIfNoEntry: false })) {
    checks.push({
      name: 'holds file',
      object: file,
      status: 'warning',
      message: 'there are open holds but no file of them yet; the next poll writes it',
    });
  }
  return checks;
}

/** The newest run may not lie in the future. */
async function clockChecks(session: Session): Promise<Check[]> {
  const [last] = await session.store.runs.list({ limit: 1 });
  const ahead = last ? Date.parse(last.startedAt) - session.deps.clock.now() : 0;
  if (ahead <= CLOCK_TOLERANCE_MS) return [{ name: 'clock', object: session.now(), status: 'ok', message: '' }];
  return [
    {
      name: 'clock',
      object: session.now(),
      status: 'failed',
      message: `the last run (${String(last?.id)}) lies ${Math.round(ahead / 1000)} s in the future: the clock was set back; set it right before the next run`,
    },
  ];
}

async function leaseChecks(session: Session): Promise<Check[]> {
  const leases = await session.store.leases.list();
  const now = session.now();
  return leases.map((lease) => {
    const { host, pid } = lease.owner;
    const alive = session.deps.isAlive(lease.owner) && lease.expiresAt > now;
    return {
      name: 'lease',
      object: lease.name,
      status: 'ok' as const,
      message: alive
        ? `held by ${lease.run} (process ${pid} on ${host})`
        : `left behind by ${lease.run} (process ${pid} on ${host}); the next run takes it over`,
    };
  });
}

async function runChecks(session: Session): Promise<Check[]> {
  const checks: Check[] = [];
  const [poll] = await session.store.runs.list({ command: 'poll', limit: 1 });
  const services = (await session.store.services.ids()).length;
  if (!poll) {
    checks.push({
      name: 'last poll',
      object: 'poll',
      status: services > 0 ? 'warning' : 'skipped',
      message: 'no poll was run yet: "sluice poll"',
    });
  } else {
    const age = session.deps.clock.now() - Date.parse(poll.startedAt);
    const late = age > LATE_INTERVALS * session.config.poll.interval;
    const ended = poll.exitCode === null ? 'did not end' : `exit ${poll.exitCode}`;
    checks.push({
      name: 'last poll',
      object: poll.id,
      status: late || (poll.exitCode !== 0 && poll.exitCode !== 3) ? 'warning' : 'ok',
      message: `${poll.startedAt}, ${ended}${late ? '; it should run every 15 minutes: see "sluice schedule show"' : ''}`,
    });
  }
  const unsettled = await session.store.actions.unsettled();
  for (const action of unsettled) {
    checks.push({
      name: 'action in doubt',
      object: `${action.service ?? ''} ${action.type} ${action.target}`.trim(),
      status: 'warning',
      message: `${action.state} since ${action.plannedAt}; the next poll settles it by looking at the panel`,
    });
  }
  return checks;
}

async function panelChecks(session: Session, name: string, contract: boolean): Promise<Check[]> {
  const checks: Check[] = [];
  try {
    const panel = await session.panel(name);
    const startedAt = session.deps.clock.now();
    const { message, clockDifferenceMs } = await panel.testConnection();
    checks.push({
      name: 'panel',
      object: name,
      status: 'ok',
      message: `${message} in ${session.deps.clock.now() - startedAt} ms`,
    });
    if (clockDifferenceMs !== undefined) checks.push(clockDifference(name, clockDifferenceMs));
    const enforcement = enforcementOf(session.config, await session.store.switches.list(), name, null);
    const since = enforcement.since === null ? '' : ` since ${enforcement.since}`;
    checks.push({
      name: 'enforce',
      object: name,
      status: 'ok',
      message: `${enforcement.value}, by ${enforcement.source}${since}`,
    });
    const services = await session.store.services.list({ panel: name });
    checks.push(...mappingChecks(session, services));
    if (contract) checks.push(...(await contractChecks(session, name, services)));
  } catch (error) {
    const { code, message } = itemErrorOf(error);
    checks.push({ name: 'panel', object: name, status: 'failed', message: `${code}: ${message}` });
  }
  return checks;
}

function clockDifference(name: string, ms: number): Check {
  const off = Math.abs(ms) > CLOCK_TOLERANCE_MS;
  const seconds = Math.round(ms / 1000);
  return {
    name: 'panel clock',
    object: name,
    status: off ? 'warning' : 'ok',
    message: off
      ? `the panel's clock is ${seconds} s ahead of ours: expiry and resets happen at its time, not ours; set both right`
      : `${seconds} s ahead of ours`,
  };
}

function mappingChecks(session: Session, services: ServiceRecord[]): Check[] {
  return services
    .filter((service) => session.config.products[service.product] === undefined)
    .map((service) => ({
      name: 'product',
      object: service.id,
      status: 'failed' as const,
      message: `product "${service.product}" is not in the config: it can't be decided about`,
    }));
}

/** One read per endpoint; the shape of each answer is stored, so that a poll that meets another takes it as unreadable. */
async function contractChecks(session: Session, name: string, services: ServiceRecord[]): Promise<Check[]> {
  const panel = await session.panel(name);
  if (!panel.contract) {
    return [{ name: 'contract', object: name, status: 'skipped', message: `not offered for ${panel.kind}` }];
  }
  const { checks, shapes } = await panel.contract(services, session.deps.signal);
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
  });
  return checks;
}
