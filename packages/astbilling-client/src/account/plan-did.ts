import { staffText } from '@sluice/messages/staff';
import type { Carrier, Did, DidDestination, Subscriber } from '@sluice/quota-core/telephony';
import type { DidValues } from '../client/types.js';
import { isOfAddon, toReference, withoutReference, withReference } from './reference.js';
import { reserve } from './plan-states.js';
import { LineRefusal, onlyOne } from './refusal.js';
import { giveUpStep, type LinePlan, type LineStep } from './step.js';
import { acceptedValues, type LineSystem, need } from './system.js';

/** A number that should be linked to a line. */
export interface DidTarget {
  /** E.164, checked against the stated area code before. */
  number: string;
  areaCode?: string | undefined;
  /** Id, name or code; needed only for a number that the system does not have. */
  carrier?: string | undefined;
  channels?: number | undefined;
  destination?: DidDestination | undefined;
  externalRef?: string | undefined;
}

/** What was read before. */
export interface DidObservation {
  line: Subscriber | null;
  /** Records of the number. */
  dids: readonly Did[];
  /** Records that have the number in another form than the profile's; absent: none. */
  otherForms?: readonly Did[];
  carriers: readonly Carrier[];
}

/**
 * Plans the link of a number: by the profile's `link`, else by an update; a number that the system lacks is created.
 *
 * @throws LineRefusal `conflict` for a number of another line, `other_addon` for one of another addon, `not_found`, `ambiguous`,
 *   `unsupported`
 */
export function planLink(system: LineSystem, observation: DidObservation, target: DidTarget): LinePlan {
  const { line, dids, otherForms = [], carriers } = observation;
  if (line === null) throw new LineRefusal('not_found', 'the system has no such line');
  if (line.status === 'terminated') throw new LineRefusal('conflict', 'the line is terminated', [line.id]);
  const did = findDid(dids, target.number);
  const other = otherForms.find(({ status }) => status !== 'terminated');
  if (did === null && other !== undefined) {
    const message = `the system has the number as ${other.number} (record ${other.id}): write it there as ${target.number}, or set formats.phone of the profile to how the system writes numbers`;
    throw new LineRefusal('conflict', message, [other.id]);
  }
  if (did === null) return { steps: planCreation(system, line.id, carriers, target), warnings: [] };
  if (did.subscriberId !== null && did.subscriberId !== line.id) {
    throw new LineRefusal('conflict', 'the number is linked to another line: unlink it there first', [did.id]);
  }
  if (did.status === 'terminated') throw new LineRefusal('conflict', 'the number is terminated', [did.id]);
  if (did.subscriberId === null && did.status === 'suspended') {
    const message = 'the number belongs to no line and is suspended: make it active on the panel first';
    throw new LineRefusal('conflict', message, [did.id]);
  }
  if (did.subscriberId === line.id) {
    if (target.externalRef !== undefined) refuseOtherAddon(did, target.externalRef);
    return planDifferences(system, did, target);
  }
  const { steps: changes, warnings } = planDifferences(system, did, target);
  const link = planLinkStep(system, did.id, { subscriberId: line.id, number: did.number });
  // Once it is linked, the reference of its last addon would refuse a repeat.
  const isStale = isOfAddon(toReference(did.externalRef));
  return { steps: isStale ? [...changes, ...link] : [...link, ...changes], warnings };
}

/**
 * Refuses a number with the reference of another product addon.
 *
 * @throws LineRefusal `other_addon`
 */
export function refuseOtherAddon({ id, number, externalRef }: Did, own: string): void {
  const reference = toReference(externalRef);
  if (!isOfAddon(reference) || reference === own) return;
  throw new LineRefusal('other_addon', `number ${number} has the reference ${reference ?? ''} of another addon`, [id]);
}

/**
 * Plans that a number belongs to no line and stays in the system.
 *
 * @throws LineRefusal `not_found`, `unsupported`
 */
export function planUnlink(system: LineSystem, dids: readonly Did[], number: string): LinePlan {
  const did = findDid(dids, number);
  if (did === null) throw new LineRefusal('not_found', 'the system has no such number');
  if (did.subscriberId === null) return { steps: [], warnings: [] };
  if (system.supports('dids', 'unlink')) {
    return { steps: [...reserve(did), giveUpStep('unlink-did', did)], warnings: [] };
  }
  needUpdate(system, 'subscriber_id');
  const payload = {
    ...{ id: did.id, number: did.number },
    ...{ changes: { subscriberId: null }, prior: { subscriberId: did.subscriberId } },
  };
  return { steps: [{ type: 'update-did', target: did.id, payload }], warnings: [] };
}

function findDid(dids: readonly Did[], number: string): Did | null {
  const found = dids.filter((did) => did.number === number);
  const live = found.filter(({ status }) => status !== 'terminated');
  return onlyOne(live, () => 'the system has this number several times') ?? found[0] ?? null;
}

function planLinkStep(
  system: LineSystem,
  id: string,
  { subscriberId, number }: { subscriberId: string; number: string },
): LineStep[] {
  if (system.supports('dids', 'link')) return [{ type: 'link-did', target: number, payload: { id, subscriberId } }];
  needUpdate(system, 'subscriber_id');
  return [
    {
      type: 'update-did',
      target: id,
      payload: { id, number, changes: { subscriberId }, prior: { subscriberId: null } },
    },
  ];
}

function planDifferences(system: LineSystem, did: Did, { channels, destination, externalRef }: DidTarget): LinePlan {
  const changes: DidValues = {};
  const prior: DidValues = {};
  if (channels !== undefined && did.channels !== channels && system.sends('dids', 'update', 'channels')) {
    changes.channels = channels;
    prior.channels = did.channels;
  }
  if (destination !== undefined && !isSameDestination(did.destination, destination)) {
    needUpdate(system, 'destination');
    changes.destination = destination;
    prior.destination = did.destination;
  }
  const { text, warnings } = toReferenceText(did, externalRef ?? null);
  if (text !== did.externalRef && system.sends('dids', 'update', 'external_ref')) {
    changes.externalRef = text;
    prior.externalRef = did.externalRef;
  }
  if (Object.keys(changes).length === 0) return { steps: [], warnings };
  return { steps: [{ type: 'update-did', target: did.id, payload: { id: did.id, changes, prior } }], warnings };
}

/** A number for which the system states no destination is not one whose calls go nowhere: its line has them. */
function isSameDestination(seen: DidDestination | null, wanted: DidDestination): boolean {
  return seen !== null && seen.type === wanted.type && seen.value === wanted.value;
}

/** Returns what the field of the reference should have. A number that was released may still have that of its last line or addon. */
function toReferenceText(
  { externalRef: text, subscriberId }: Did,
  wanted: string | null,
): { text: string | null; warnings: string[] } {
  const reference = toReference(text);
  if (reference === wanted) return { text, warnings: [] };
  if (wanted === null) {
    const isStale = subscriberId === null && isOfAddon(reference);
    return { text: isStale ? withoutReference(text) : text, warnings: [] };
  }
  if (reference === null) return { text: withReference(text, wanted), warnings: [] };
  if (subscriberId === null) return { text: withReference(withoutReference(text), wanted), warnings: [] };
  return { text, warnings: [staffText('staff.line.otherReference')] };
}

function planCreation(
  system: LineSystem,
  subscriberId: string,
  carriers: readonly Carrier[],
  { number, areaCode, carrier, channels, destination, externalRef }: DidTarget,
): LineStep[] {
  need(system, 'dids', 'create');
  const carrierId = carrier === undefined ? undefined : resolveCarrier(carriers, carrier);
  const linked = system.supports('dids', 'link');
  if (!linked && !system.sends('dids', 'create', 'subscriber_id')) {
    throw new LineRefusal('unsupported', 'the profile has no way to link a new number');
  }
  const values: DidValues = {
    number,
    ...acceptedValues(system, 'dids', { areaCode, carrierId, channels, destination, externalRef }),
    ...(linked ? {} : { subscriberId }),
  };
  const created: LineStep = { type: 'create-did', target: number, payload: { values } };
  return linked ? [created, { type: 'link-did', target: number, payload: { id: null, subscriberId } }] : [created];
}

function resolveCarrier(carriers: readonly Carrier[], carrier: string): string {
  const found = carriers.filter(({ id, name, code }) => [id, name, code].includes(carrier));
  const one = onlyOne(found, () => 'several carriers have this name or code; use the id');
  if (one === undefined) throw new LineRefusal('not_found', 'the system has no such carrier');
  return one.id;
}

function needUpdate(system: LineSystem, field: string): void {
  need(system, 'dids', 'update');
  if (!system.sends('dids', 'update', field)) {
    throw new LineRefusal('unsupported', `the profile can't change ${field} of a number`);
  }
}
