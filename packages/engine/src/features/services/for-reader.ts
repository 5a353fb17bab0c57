import type { FallenUsage, LimitView, StoppedByPanel, UndecidedPanel } from '@sluice/contract/documents';
import type { ItemError } from '@sluice/panel-kind';
import type { AllowancePart } from '@sluice/quota-core';
import type { DecisionRecord, OverrideRecord, ServiceRecord } from '@sluice/state-store';
import { isOfReader, type Reader, visibleSince } from '../../context/reader.js';

/** The parts of documents that are not a client's. */
interface Dated {
  since: string;
  beforeClient?: boolean;
}
interface Hold extends Dated {
  until: string | null;
  note: string | null;
  evidence: readonly unknown[];
}
interface Detail {
  clientEmail: string | null;
  cycle: { start: string } | null;
  limits: LimitView[];
  fallen: FallenUsage | null;
  stoppedByPanel?: StoppedByPanel;
  panelUndecided?: UndecidedPanel;
  error: ItemError | null;
  holds: readonly Dated[];
  overrides: Dated | null;
  termination: (Dated & { by: string | null }) | null;
}
interface Explained {
  service: { cycle: { start: string } | null; purchases: readonly { id: string }[] };
  allowance: { parts: readonly AllowancePart[] };
  readings: readonly { raw: unknown }[];
  decision: { at: string; inputs: unknown } | null;
  brake: unknown;
  source: string | null;
  holds: readonly Hold[];
  released: { note: string | null } | null;
  actions: readonly { prior: unknown; observed: unknown; error: ItemError | null }[];
}

/**
 * What documents of a service leave out for a client: notes, evidence and actors of staff, what is of the panel and not of the
 * service, and what was before the client came.
 */

/** Of the inputs of a decision, what is of the service itself. A new one is an operator's, unless it is listed here. */
const INPUTS_OF_CLIENTS = new Set([
  ...['billingCycle', 'nextDueDate', 'status', 'overdue', 'quotaPeriod', 'peak', 'doubted'],
  ...['protectedUntil', 'quotaReleasedUntil'],
]);

/** Returns the later of an instant and the one since when a reader may see something. */
export function findLater(at: string, since: string | null): string {
  return since !== null && since > at ? since : at;
}

/** Returns what a reader may see of a hold: one that began before it came begins then, marked as older. */
function beginFor<View extends Dated>(hold: View, since: string | null): View {
  return since === null || hold.since >= since ? hold : { ...hold, since, beforeClient: true };
}

/** Returns the holds that a reader may see. */
export function holdsFor<View extends Hold>(holds: readonly View[], service: ServiceRecord, reader: Reader): View[] {
  if (reader === undefined) return [...holds];
  const since = visibleSince(service, reader);
  return holds
    .filter(({ until }) => until === null || since === null || until > since)
    .map((hold) => ({ ...beginFor(hold, since), note: null, evidence: [] }));
}

/** Returns the overrides that a reader may see. */
export function overridesFor<View extends Pick<OverrideRecord, 'since' | 'until' | 'note'>>(
  overrides: readonly View[],
  service: ServiceRecord,
  reader: Reader,
): View[] {
  if (reader === undefined) return [...overrides];
  const since = visibleSince(service, reader);
  return overrides
    .filter(({ until }) => until === null || since === null || until > since)
    .map((override) => ({ ...override, since: findLater(override.since, since), note: null }));
}

/** Returns the detail of a service as a reader may see it; its purchases are those of `isVisible`. */
export function detailFor<View extends Detail>(
  detail: View,
  { service, decision }: { service: ServiceRecord; decision: DecisionRecord | null },
  reader: Reader,
): View {
  if (reader === undefined) return detail;
  const since = visibleSince(service, reader);
  const { error, holds, overrides, termination, cycle, fallen, stoppedByPanel: stopped, panelUndecided } = detail;
  const isOwn = decision !== null && isOfReader(decision.at, service, reader);
  return {
    ...detail,
    // A link may be read by others than the client, who knows his address.
    clientEmail: null,
    limits: detail.limits.map((limit) => (isOwn || limit.unit === 'bytes' ? limit : unspent(limit))),
    fallen: fallen && isOfFormer(cycle, since) ? { ...fallen, peakBytes: null } : fallen,
    ...(stopped && { stoppedByPanel: stoppedFor(stopped, service, reader) }),
    ...(panelUndecided && { panelUndecided: { ...panelUndecided, message: null } }),
    error: error && isOwn ? errorFor(error) : null,
    holds: holds.map((hold) => beginFor(hold, since)),
    overrides: overrides && { ...overrides, since: findLater(overrides.since, since) },
    termination: termination && { ...termination, since: findLater(termination.since, since), by: null },
  };
}

/** Returns a limit in money of which it is not known yet what its client has spent: the calls so far were another's. */
function unspent({ partial: _, ...limit }: LimitView): LimitView {
  return { ...limit, used: null };
}

/** Returns what stops a service as a reader may see it. */
export function stoppedFor(stopped: StoppedByPanel, service: ServiceRecord, reader: Reader): StoppedByPanel {
  if (reader === undefined) return stopped;
  return { since: findLater(stopped.since, visibleSince(service, reader)), message: null };
}

/** Returns what a client reads of an error of a run: messages name the panel and its address. */
export function errorFor({ code }: ItemError): ItemError {
  return { code, message: sentenceForClient(code, 'This could not be done; the operator of the service sees why') };
}

/** Returns what a client reads of an error: `failed`, unless it is not known whether anything failed. */
function sentenceForClient(code: string, failed: string): string {
  return code === 'outcome_unknown' ? IN_DOUBT : failed;
}

const IN_DOUBT =
  'It is not known yet whether this was done. See in a few minutes how it is then, and try again if it was not done';

/** Returns whether the highest usage of a cycle may be that of a former client. */
function isOfFormer(cycle: { start: string } | null, since: string | null): boolean {
  return since !== null && (cycle === null || cycle.start < since);
}

/** Returns the inputs of a decision that are a client's. */
function inputsFor(inputs: unknown, hidesPeak: boolean): unknown {
  const isShown = (name: string): boolean => INPUTS_OF_CLIENTS.has(name) && !(hidesPeak && name === 'peak');
  return Object.fromEntries(Object.entries(inputs ?? {}).filter(([name]) => isShown(name)));
}

/** Returns a part of an allowance without the name of another client's purchase. */
function partFor(part: AllowancePart, purchases: readonly { id: string }[]): AllowancePart {
  const [what, id] = part.source.split(':');
  return what !== 'purchase' || purchases.some((own) => own.id === id) ? part : { ...part, source: what };
}

/** Returns an explanation as a reader may see it: without what staff wrote, and what Sluice read on the panel for itself. */
export function explanationFor<View extends Explained>(
  explanation: View,
  service: ServiceRecord,
  reader: Reader,
): View {
  if (reader === undefined) return explanation;
  const since = visibleSince(service, reader);
  const { service: detail, allowance, decision, holds, released, readings, actions } = explanation;
  return {
    ...explanation,
    allowance: { ...allowance, parts: allowance.parts.map((part) => partFor(part, detail.purchases)) },
    readings: readings.map((reading) => ({ ...reading, raw: null })),
    decision: decision && {
      ...decision,
      at: findLater(decision.at, since),
      inputs: inputsFor(decision.inputs, isOfFormer(detail.cycle, since)),
    },
    // Counts the services of all clients.
    brake: null,
    source: null,
    holds: holdsFor(holds, service, reader),
    released: released && { ...released, note: null },
    actions: actions.map((action) => ({
      ...action,
      prior: null,
      observed: null,
      error: action.error && errorFor(action.error),
    })),
  };
}
