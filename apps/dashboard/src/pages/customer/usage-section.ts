import type { ServiceDetail } from '@sluice/engine';
import { hasCycleEnded } from '@sluice/engine/words';
import { facts, type Section } from '../../layout/components.js';
import { html, type Part } from '../../layout/html.js';
import type { Wording } from '../../layout/wording.js';
import { hasEnded } from '../lifecycle.js';
import type { ServiceScene } from './service-scene.js';
import {
  ageNotice,
  headline,
  isHoldAdvised,
  isMetered,
  limitFacts,
  showRemaining,
  showReset,
  showState,
  stateNotices,
} from './usage.js';

/** What a service uses, and of which allowance and period. */
export function usageSection({
  request,
  service,
  times,
  wording,
}: Pick<ServiceScene, 'service' | 'times' | 'wording'> & {
  request: Pick<ServiceScene['request'], 'isEmbedded'>;
}): Section {
  const { allowance, nextDueDate, usage } = service;
  const metered = isMetered(service);
  const extra = allowance === null || allowance.extraBytes === 0 ? null : allowance.extraBytes;
  const reset = showReset(service, times, { wording, isKept: request.isEmbedded });
  const isDue = nextDueDate !== null && !hasEnded(service);
  const content = html`${ageNotice(service, times, wording)} ${stateNotices(service, times, wording)}
  ${metered ? headline(service, wording) : null}
  ${facts([
    [wording.text('service.state'), showState(service, wording)],
    heldSince(service, { times, wording }),
    metered ? [wording.text('service.left'), showRemaining(service, wording)] : null,
    metered ? [wording.text('service.period'), showPeriod(service, { times, wording })] : null,
    metered && reset !== null ? [wording.text('service.reset'), reset] : null,
    ...directions(service, wording),
    extra === null ? null : [wording.text('service.extra'), wording.bytes(extra)],
    ...limitFacts(service, wording),
    isDue ? [wording.text('service.nextDue'), times.day(nextDueDate)] : null,
    metered ? [wording.text('service.read'), usage === null ? wording.never : times.full(usage.readAt)] : null,
    metered && service.nextReading != null ? showNext(service.nextReading, { times, wording }) : null,
  ])}`;
  return { id: 'usage', title: wording.text(metered ? 'service.usage' : 'service.service'), content };
}

/** Returns since when a service is stopped, or its only hold restricts it, where no sentence besides the advice says it. */
function heldSince(
  service: ServiceDetail,
  { times, wording }: Pick<ServiceScene, 'times' | 'wording'>,
): [string, Part] | null {
  const [[hold], stopped] = [service.holds, service.stoppedByPanel];
  if (hold === undefined && stopped !== undefined)
    return [wording.text('service.stoppedSince'), times.full(stopped.since)];
  if (hold === undefined || !isHoldAdvised(service) || hold.restricting === true) return null;
  return [wording.text('service.heldSince'), times.full(hold.since)];
}

/** Returns what is used in each direction, and which one counts; nothing where the directions are not known apart. */
function directions({ usage, mode, quota }: ServiceDetail, wording: Wording): [string, Part][] {
  if (usage === null || usage.inBytes === null || usage.outBytes === null) return [];
  const counts = mode === 'IN' || mode === 'OUT' ? mode : 'TOTAL';
  return [
    [wording.text('service.inbound'), wording.bytes(usage.inBytes)],
    [wording.text('service.outbound'), wording.bytes(usage.outBytes)],
    ...(quota === null
      ? []
      : [[wording.text('service.counts'), wording.code('counts', counts)] satisfies [string, Part]]),
  ];
}

/** Returns when a service is read again; what no time makes due is left out. */
function showNext(
  { at, overdue }: NonNullable<ServiceDetail['nextReading']>,
  { times, wording }: Pick<ServiceScene, 'times' | 'wording'>,
): [string, Part] | null {
  if (at === null) return null;
  const due = times.full(at);
  return [wording.text('service.readAgain'), overdue === true ? wording.say('service.overdue', { due }) : due];
}

function showPeriod(service: ServiceDetail, { times, wording }: Pick<ServiceScene, 'times' | 'wording'>): Part {
  if (service.cycle === null) return wording.unknown;
  const period = times.period(service.cycle);
  return hasCycleEnded(service, times.now) ? wording.say('service.periodEnded', { period }) : period;
}
