import { staffText } from '@sluice/messages/staff';
import type { ItemError, Plan, Step } from '@sluice/panel-kind';
import { brakeActs, type ChangeOfObject, countReversals, MOST_REVERSALS } from '@sluice/quota-core';
import type { ActionRecord, HoldRecord, StoreTables } from '@sluice/state-store';
import { noteToRestrict } from '../../context/change-holds.js';
import { findProven } from '../subject/holds.js';
import { toActionName } from '../subject/views.js';
import type { Context } from '../../context/context.js';
import { noteMoved } from '../run/brake-state.js';
import type { JournalPayload } from './journal.js';
import { isObserved, movedError } from './store-copy.js';
import type { Notice } from '../run/notice.js';
import type { Planned, RunOnPanel } from '../subject/stages.js';
import type { StoppedTarget, StoppedTargets } from '../subject/stopped-targets.js';

const toPrefix = (panel: string): string => `stopped:${panel}:`;
const toKey = ({ service, object }: Pick<StoppedTarget, 'service' | 'object'>): string => `${service}:${object}`;

/** Returns the key of the condition that an object of a service is left alone. */
export const stoppedKey = (panel: string, target: StoppedTarget): string => `${toPrefix(panel)}${toKey(target)}`;

const takenOverKey = (panel: string): string => `taken-over:${panel}`;

/** Lists the objects of a panel that runs leave alone until the panel is taken over. */
export async function listStopped(
  { conditions }: Pick<StoreTables, 'conditions'>,
  panel: string,
): Promise<StoppedTarget[]> {
  return (await conditions.list(toPrefix(panel))).map(({ details }) => details as StoppedTarget);
}

/** Returns the same by service and object; none under `observe`. */
export async function loadStopped(context: Context, panel: string): Promise<StoppedTargets> {
  const stopped = await listStopped(context.store, panel);
  if (stopped.length === 0 || (await isObserved(context, panel))) return new Map();
  return new Map(stopped.map((target) => [toKey(target), target]));
}

/** Notes that an operator took over a panel: no reversal before counts. */
export async function noteTakeOver(
  { conditions }: Pick<StoreTables, 'conditions'>,
  panel: string,
  at: string,
): Promise<void> {
  const key = takenOverKey(panel);
  await conditions.put({ key, since: at, runs: ((await conditions.get(key))?.runs ?? 0) + 1, details: null });
}

/** Returns a plan without the steps on objects that runs leave alone, and those that need them, with a problem for each object. */
export function withoutStopped({ stopped }: Pick<RunOnPanel, 'stopped'>, service: string, plan: Plan): Plan {
  if (stopped === undefined || stopped.size === 0) return plan;
  const problems = new Map<string, ItemError>();
  const left = new Set<string>();
  const steps = plan.steps.filter((step) => {
    const target = stopped.get(toKey({ service, object: toObject(step) }));
    if (target !== undefined) problems.set(target.object, reversedError(target));
    const isLeft = target !== undefined || (step.needs ?? []).some((id) => left.has(id));
    if (isLeft && step.id !== undefined) left.add(step.id);
    return !isLeft;
  });
  return problems.size === 0 ? plan : { ...plan, steps, problems: [...plan.problems, ...problems.values()] };
}

/** Returns the error of a service with an object that runs leave alone. */
function reversedError({ name, since }: StoppedTarget): ItemError {
  const message = staffText('staff.reversed', { name, count: MOST_REVERSALS, since });
  return { code: 'change_reversed', message };
}

/** A run over one panel. */
interface ReversalsRun extends RunOnPanel {
  active: number;
}

/**
 * Finds the objects whose changes something else has reversed for the third time within 24 hours, and adds them to those that
 * runs leave alone; a dry run stores nothing. `reversed` are the holds that are not on the panel by that, or only in part, with the
 * instant from which their evidence proves a restriction. Once their services are as many as stop the brake, nothing is changed on the panel.
 * Panels with a mark have no need of it: there a customer may reverse changes himself.
 */
export async function findReversals(
  run: ReversalsRun,
  planned: readonly Planned[],
  { dryRun }: { dryRun: boolean },
): Promise<{ found: ReadonlySet<string>; reversed: ReadonlyMap<string, string>; notices: Notice[] }> {
  const { context, panel, stopped } = run;
  const found: StoppedTarget[] = [];
  const reversed = new Map<string, Reversed>();
  if (panel.mark !== undefined || stopped === undefined) return { found: new Set(), reversed: new Map(), notices: [] };
  const since = (await context.store.conditions.get(takenOverKey(panel.name)))?.since ?? '';
  for (const work of planned) {
    const { enforcement, plan, service } = work;
    if (enforcement.value !== 'on' || plan === null || plan.steps.length === 0) continue;
    const journal = await readJournal(context, work, since);
    for (const step of plan.steps) {
      const object = toObject(step);
      const own = journal.filter((row) => toObject(row) === object).map((row) => toChange(row, row));
      const now = toChange({ ...step, payload: { payload: step.payload } }, { run: run.run, plannedAt: context.now() });
      if (countReversals(own, now) < MOST_REVERSALS) continue;
      const name = toActionName(context.findKind(panel.name), step);
      found.push({ service: service.id, object, name, since: context.now() });
      const hold = work.holds.find(({ id }) => id === step.hold);
      if (hold !== undefined) reversed.set(hold.id, { hold, since: provenSince(work, hold, context.now()) });
    }
  }
  for (const target of found) stopped.set(toKey(target), target);
  const fought = new Set([...stopped.values()].map(({ service }) => service));
  const services = planned.filter(({ service }) => fought.has(service.id)).length;
  if (found.length > 0 && !dryRun) await store(run, found, { services, reversed: [...reversed.values()] });
  return {
    reversed: new Map([...reversed].map(([id, each]) => [id, each.since])),
    found: new Set(found.map(({ service }) => service)),
    notices: found.map((target) => toNotice(panel.name, target)),
  };
}

/** A hold whose restriction is not on the panel, and since when its evidence proves that a part is. */
interface Reversed {
  hold: HoldRecord;
  since: string;
}

/** Returns since when the evidence of a hold proves what is on the panel: what nothing has to be done about is there, the rest is not. */
function provenSince({ evidence, plan }: Planned, hold: HoldRecord, now: string): string {
  const open = new Set(plan?.steps.map(({ target }) => target));
  const there = evidence.filter(({ until, target }) => until === null && !open.has(target));
  return findProven(there, hold, now);
}

/** Stores what runs leave alone from now on, and whether the whole panel is. */
async function store(
  { context, panel, active, run }: ReversalsRun,
  found: readonly StoppedTarget[],
  { services, reversed }: { services: number; reversed: readonly Reversed[] },
): Promise<void> {
  const stated = context.config.poll.brake;
  const isWhole = brakeActs({ changing: services, beginning: services, active, stated });
  const why = `changes of ${services} of ${active} services were reversed by something else, perhaps by a copy of this store`;
  await context.store.write(async (tables) => {
    for (const details of found)
      await tables.conditions.put({ key: stoppedKey(panel.name, details), since: details.since, runs: 1, details });
    for (const { hold, since } of reversed) await noteToRestrict(tables, hold, since);
    if (isWhole) await noteMoved(tables, { run, error: movedError(panel.name, context.now(), why) });
  });
}

function toNotice(panel: string, target: StoppedTarget): Notice {
  const { code, message } = reversedError(target);
  const key = [code, panel, toKey(target), target.since].join(':');
  return {
    code,
    key,
    panel,
    service: target.service,
    message: staffText('staff.ofService', { service: target.service, what: message }),
  };
}

/** Confirmed changes of a service's objects on the panel, oldest first. */
async function readJournal(
  context: Context,
  { service }: Pick<Planned, 'service'>,
  since: string,
): Promise<ActionRecord[]> {
  const rows = await context.store.actions.list({ service: service.id, newestFirst: true, limit: MOST_ROWS, since });
  return rows.filter(({ panel, state }) => panel === service.panel && state === 'applied').reverse();
}

/** More changes of one service within a day have another cause than a fight over an object. */
const MOST_ROWS = 500;

/** Returns what a change is about: types begin with a verb. */
function toObject({ type, target }: Pick<Step, 'type' | 'target'>): string {
  return `${type.slice(type.indexOf('-') + 1)} ${target}`;
}

function toChange(
  { type, payload }: Pick<ActionRecord, 'type' | 'payload'>,
  { run, plannedAt: at }: Pick<ActionRecord, 'run' | 'plannedAt'>,
): ChangeOfObject {
  return { at, run, change: JSON.stringify([type, (payload as JournalPayload | null)?.payload ?? null]) };
}
