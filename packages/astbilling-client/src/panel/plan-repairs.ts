import type { Plan } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import type { Subscriber } from '@sluice/quota-core/telephony';
import type { LineStep } from '../account/step.js';
import type { SubscriberValues } from '../client/types.js';
import { LINE_REF } from './settings.js';
import { noteAll, toStep } from './steps.js';

/** Plans what a run changes by itself in a line that Sluice made; what else differs is named, once. */
export function planRepairs(plan: Plan, service: ServiceRecord, line: Subscriber, steps: readonly LineStep[]): void {
  const isOwn = service.ownRefs.includes(LINE_REF);
  for (const step of steps) {
    const { changes: all, prior } = step.payload as Changes;
    const names = Object.keys(all) as (keyof SubscriberValues)[];
    // What the system does not show is not known to differ; a reference that is not there is lost.
    const isShown = (name: keyof SubscriberValues): boolean => name === 'externalRef' || prior[name] !== null;
    const repaired = isOwn ? names.filter((name) => name !== 'extra' && isShown(name)) : [];
    // A line that was taken over has no reference of ours before a command writes it.
    const kept = names.filter((name) => (isOwn ? name === 'extra' : name !== 'externalRef'));
    const describe = (name: keyof SubscriberValues): string => describeDrift(name, prior, all);
    const command = `provision change-package ${service.id} ${service.product}`;
    const warnings = kept.map((name) => `${describe(name)}, and stays so until "${command}" writes it`);
    plan.drift.push(...repaired.map(describe), ...warnings);
    noteAll(plan, service, { steps: [], warnings, line });
    if (repaired.length === 0) continue;
    const pick = (from: SubscriberValues) => Object.fromEntries(repaired.map((name) => [name, from[name]]));
    const changes: SubscriberValues = pick(all);
    plan.steps.push(toStep({ ...step, payload: { ...step.payload, changes, prior: pick(prior) } }));
    if (changes.planId !== undefined || isLess(changes.channels, line.channels)) plan.counts = true;
  }
}

type Changes = Extract<LineStep, { type: 'update-subscriber' }>['payload'];

/** A number that is not known may be more. */
function isLess(channels: SubscriberValues['channels'], before: Subscriber['channels']): boolean {
  if (typeof channels !== 'number') return false;
  return typeof before !== 'number' || channels < before;
}

function describeDrift(name: keyof SubscriberValues, from: SubscriberValues, to: SubscriberValues): string {
  return `the ${WORDS[name] ?? name} of the line is ${shown(from[name])}, but ${shown(to[name])} in the service`;
}

/** Further fields have a name each; runs name one of them. */
function shown(value: SubscriberValues[keyof SubscriberValues]): string {
  const [text] = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  return text === null || text === undefined || text === '' ? 'not shown' : String(text);
}

const WORDS: Record<string, string> = {
  planId: 'plan',
  channels: 'number of channels',
  externalRef: 'reference',
  extra: 'credit limit',
};
