import type { OverrideRecord, ServiceRecord } from '@sluice/state-store';
import { type Reader, visibleSince } from '../../context/reader.js';

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
  holds: readonly Dated[];
  overrides: Dated | null;
  termination: (Dated & { by: string | null }) | null;
}
interface Explained {
  readings: readonly { raw: unknown }[];
  decision: { at: string } | null;
  holds: readonly Hold[];
  released: { note: string | null } | null;
  actions: readonly { prior: unknown; observed: unknown }[];
}

/** What documents of a service leave out for a client: notes, evidence and actors of staff, and what was before it came. */

/** Returns the later of an instant and the one since when a reader may see something. */
function findLater(at: string, since: string | null): string {
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
export function detailFor<View extends Detail>(detail: View, service: ServiceRecord, reader: Reader): View {
  if (reader === undefined) return detail;
  const since = visibleSince(service, reader);
  const { holds, overrides, termination } = detail;
  return {
    ...detail,
    holds: holds.map((hold) => beginFor(hold, since)),
    overrides: overrides && { ...overrides, since: findLater(overrides.since, since) },
    termination: termination && { ...termination, since: findLater(termination.since, since), by: null },
  };
}

/** Returns an explanation as a reader may see it: without what staff wrote, and what Sluice read on the panel for itself. */
export function explanationFor<View extends Explained>(
  explanation: View,
  service: ServiceRecord,
  reader: Reader,
): View {
  if (reader === undefined) return explanation;
  const since = visibleSince(service, reader);
  const { decision, holds, released, readings, actions } = explanation;
  return {
    ...explanation,
    readings: readings.map((reading) => ({ ...reading, raw: null })),
    decision: decision && { ...decision, at: findLater(decision.at, since) },
    holds: holdsFor(holds, service, reader),
    released: released && { ...released, note: null },
    actions: actions.map((action) => ({ ...action, prior: null, observed: null })),
  };
}
