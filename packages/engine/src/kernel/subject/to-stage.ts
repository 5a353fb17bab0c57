import { printable } from '@sluice/panel-http/printable';
import type { ItemError, Observation, Panel } from '@sluice/panel-kind';
import type { DecisionRecord, ServiceRecord } from '@sluice/state-store';
import { INTERRUPTED } from '../../base/interruption.js';
import { hasEnded } from '../../base/lifecycle.js';

import type { Stage, Loaded, Read, Decided, Planned, Applied } from './stages.js';

/** `skipped` of a service that another run works on; only such services make a run partial. */
export const LEASED = 'leased';

/** Returns whether a command about a service, under way or done, kept a run from it. */
export const isLeftOut = ({ changedMeanwhile, skipped }: Applied): boolean => changedMeanwhile || skipped === LEASED;

/** Code of the notice of a service that its panel stops although nothing of ours should. */
export const STOPPED_BY_PANEL = 'stopped_by_panel';

/** Code of the notice of a service without a hold that a hold of another service restricts, as they share objects. */
const STILL_RESTRICTED = 'still_restricted';

/**
 * Whether a notice or an alarm says that a service is stopped on its panel without a hold of its own. Its client reads that, too;
 * polls observe the service until it ends, and not only reconciles.
 */
export function saysStopped({ code }: { code: string }): boolean {
  return code === STOPPED_BY_PANEL || code === STILL_RESTRICTED;
}

/** Returns whether a decision is about a service that is held, or would be. */
export function isHeld({ holds }: Pick<Applied, 'holds'>, { wouldHold }: Pick<DecisionRecord, 'wouldHold'>): boolean {
  return holds.length + wouldHold.length > 0;
}

/** Whether an observation does not show whether what was found earlier, and said in this text, lasts. */
export function isUnseen({ objects }: Pick<Panel, 'objects'>, observation: Observation, text: string): boolean {
  if (observation.state === null) return true;
  return observation.error !== null && objects?.lacks?.(observation, text) !== false;
}

/** The code of a service that does not name its account, server or line. */
export const NOT_MAPPED = 'not_mapped';

/** Code of the error of a service whose product is missing in the config. */
export const UNKNOWN_PRODUCT = 'unknown_product';

/** Says which product a service names that is missing in the config. */
export function describeUnknownProduct({ product }: Pick<ServiceRecord, 'product'>): string {
  return `product "${product}" is not in the config`;
}

/** Returns whether a run leaves a service as it is on the panel: what its product requires is not known. */
export function isLeftAsIs({ error }: { error: ItemError | null }): boolean {
  return error?.code === UNKNOWN_PRODUCT;
}

/**
 * Returns whether a run only reads what became of a service's changes in doubt: it leaves the service as it is, the service has ended, or
 * it waits for an account, which such a change may have made. No later run would find it out, and what such a change restricted ends only
 * once that is known.
 */
export function isOnlyRead(
  work: Pick<Loaded<Stage>, 'error' | 'skipped' | 'service' | 'termination'> & Pick<Decided<Stage>, 'more'>,
): boolean {
  const waits = work.more === null && work.termination === null;
  return isLeftAsIs(work) || (work.skipped !== null && (hasEnded(work.service) || waits));
}

/** Returns the value with this error; unchanged where it already has one. */
export function withError<T extends { readonly error: ItemError | null }>(value: T, error: ItemError | null): T {
  if (error === null || value.error !== null) return value;
  return { ...value, error: onOneLine(error) };
}

/** Returns an error with its message as one line. */
export function onOneLine(error: ItemError | null): ItemError | null {
  return error && { code: error.code, message: printable(error.message) };
}

/**
 * Returns a loaded service. It has the members of all stages from the start, empty until their stage: V8 copies an object to the
 * next stage ten times faster if no member is added, and a run copies each of ten thousands of services.
 */
export function toLoaded(facts: Omit<Loaded, 'stage' | 'spend'>): Loaded {
  const all: Omit<Applied, 'stage'> & Pick<Loaded, 'stage'> = {
    answer: null,
    usage: null,
    doubted: null,
    warnings: [],
    spend: [],
    decision: null,
    limits: [],
    opens: [],
    closes: [],
    thresholds: [],
    buys: [],
    more: null,
    drafts: [],
    observation: null,
    sharers: [],
    unread: null,
    plan: null,
    drift: [],
    besides: null,
    actions: [],
    passwordSet: false,
    changedMeanwhile: false,
    ...facts,
    stage: 'loaded',
  };
  return all;
}

/** Returns a service with what was read of it; without `found`, nothing was. */
export function toRead(
  loaded: Loaded,
  found: Partial<Pick<Read, 'answer' | 'usage' | 'warnings' | 'cycle'>> = {},
): Read {
  return { ...loaded, stage: 'read', answer: null, usage: null, doubted: null, warnings: [], ...found };
}

const NOT_PLANNED = {
  stage: 'planned',
  drafts: [],
  observation: null,
  sharers: [],
  unread: null,
  plan: null,
  drift: [],
  besides: null,
} as const;

/** Returns a service that was not observed. */
export function unplanned(decided: Decided): Planned {
  return { ...decided, ...NOT_PLANNED };
}

const NOT_APPLIED = {
  stage: 'applied',
  actions: [],
  passwordSet: false,
  changedMeanwhile: false,
} as const;

/** Returns a service without changes yet. */
export function unapplied(planned: Planned): Applied {
  return { ...planned, ...NOT_APPLIED };
}

/** Returns a service that needs nothing beyond the decision. */
export function untouched(decided: Decided, observation: Observation | null = null): Applied {
  return { ...decided, ...NOT_PLANNED, ...NOT_APPLIED, observation };
}

/** Returns a service that an interrupted run leaves as it is stored. */
export function leftUnfinished(decided: Decided): Applied {
  const left = untouched({ ...decided, opens: [], closes: [], error: null });
  const message = `the run was interrupted before it finished "${decided.service.id}"`;
  return withError({ ...left, skipped: decided.skipped ?? INTERRUPTED }, { code: INTERRUPTED, message });
}

/** Returns a service whose changes an interrupted run did not start. */
export function unfinished(work: Applied): Applied {
  const message = 'the run was interrupted before it finished this service; the next run continues';
  return withError(work, { code: INTERRUPTED, message });
}
