import type { Explanation, HoldView } from '@sluice/engine';
import {
  describeAllowance,
  describeBesides,
  describeBrake,
  describeDoubtedHolds,
  describeExceeded,
  describeOutage,
  describeProtection,
  describeSkip,
  describeUsed,
  describeWithin,
  hasCycleEnded,
  isLeftAsIs,
  isWithheld,
  type SkipReason,
} from '@sluice/engine/words';
import { formatBytes } from '@sluice/quota-core';
import type { Times } from '../../layout/format.js';
import { html, type Part } from '../../layout/html.js';
import { figuresText, type Held, holdSentences, lastingSentences } from './hold-sentences.js';
import { undecidedText, withoutStop } from './panels.js';
import { hasEnded } from '../lifecycle.js';
import type { ServiceScene } from './service.js';

/** Returns what the last run found to differ from its target: the overview counts the same. */
export function toDrift({ decision }: Pick<Explanation, 'decision'>): readonly string[] {
  const { drift } = (decision?.inputs ?? {}) as { drift?: unknown };
  return Array.isArray(drift) ? drift.map(String) : [];
}

/** Returns sentences that say why a service is held or not, since when, and what ends that. */
export function explainState(scene: ServiceScene): Part[] {
  const { found, times, skip, overdue } = scene;
  const { service, holds, released, readings } = found;
  const rejected = readings.filter((reading) => reading.rejected === 'mass_change').length;
  const drift = toDrift(found);
  const lasting = holds.filter(({ until, releasing }) => until === null || releasing === true);
  const open = lasting.filter(({ until }) => until === null);
  return [
    ...(found.panelRemoved && (lasting.length > 0 || isLiving(service.lifecycle))
      ? removedSentences(scene, lasting)
      : lasting.length > 0 && !isLiving(service.lifecycle)
        ? goneSentences(scene, lasting)
        : lasting.length > 0
          ? [...lasting.flatMap((hold) => holdSentences(scene, hold)), besidesSentence(scene)]
          : withoutHold(scene)),
    service.error === null || found.decision === null
      ? null
      : html`${service.doubted === null ? 'The last run could not finish' : 'The last reading is doubted'}:
          <span dir="auto">${times.inText(withoutStop(service.error.message))}</span
          >${service.panelDownSince === null ? null : html`; panel ${service.panel} is ${describeOutage(service)} since ${times.full(service.panelDownSince)}`}${service.usage === null ? '.' : html`. The figures were read ${times.ago(service.usage.readAt)}.`}`,
    service.panelUndecided === undefined || !isLiving(service.lifecycle)
      ? null
      : undecidedText(service.panel, service.panelUndecided, times),
    skip === null ? toSentence(describeAllowance(service)) : null,
    toSentence(describeDoubtedHolds(service.id, service.doubted)),
    drift.length === 0
      ? null
      : html`The last run found a difference from its target:
          <span dir="auto">${times.inText(drift.join('; '))}</span>.`,
    describeProtection(service, open, found.decision?.wouldHold ?? []),
    toSentence(overdue),
    released === null
      ? null
      : html`Its limits are released until
        ${released.until}${released.note === null ? '' : html` (<span dir="auto">${released.note}</span>)`}.`,
    rejected === 0 ? null : `${rejected === 1 ? 'One reading was' : `${rejected} readings were`} not used.`,
  ].filter((part) => part !== null);
}

const toSentence = (text: string | null): string | null => (text === null ? null : `${text}.`);

const isLiving = (lifecycle: string): boolean => lifecycle !== 'terminated' && lifecycle !== 'vanished';

/** What ends a hold elsewhere ends none on a panel that no run reads. */
function removedSentences(scene: Held, open: readonly HoldView[]): Part[] {
  const { panel } = scene.found.service;
  return [
    ...open.flatMap((hold) => lastingSentences(scene, hold).slice(0, 1)),
    html`Panel ${panel} is not in the config: nothing of the service is read or changed there. Put the panel back into
      the config; before you take it out for good, give its services back with
      <code>sluice hold release --all --panel ${panel}</code>.`,
  ];
}

/** Says what ends with none of the holds. */
function besidesSentence({ found, times }: Held): Part {
  const besides = describeBesides(found.service.id, found.decision);
  return besides === null
    ? null
    : html`<span dir="auto">${times.inText(besides)}</span>. That its holds end does not start it.`;
}

/** Runs leave a service that has ended as it is, also on the panel. */
function goneSentences(scene: Held, open: readonly HoldView[]): Part[] {
  return [
    `It is ${scene.found.service.lifecycle}: it is not metered, and what is restricted on its panel stays so.`,
    ...open.flatMap((hold) => lastingSentences(scene, hold).slice(0, 1)),
  ];
}

function withoutHold({ found, times, skip, hasAccount }: ServiceScene): Part[] {
  const { service, decision, accountDue } = found;
  if (accountDue !== null) {
    const what =
      accountDue.verb === 'create'
        ? 'It has no account yet, or not all of it'
        : 'It has ended, but its account is still on the panel';
    return [`${what}: ${ACCOUNT_REASONS[accountDue.reason] ?? accountDue.reason}.`];
  }
  if (service.lifecycle === 'pending' && !hasAccount) return ['It is pending: it has no account yet.'];
  if (hasEnded(service)) return [`It is ${service.lifecycle}: it is neither metered nor restricted.`];
  if (skip !== null) return skippedSentences(service, skip);
  const reasons = service.wouldHold.filter((reason) => !isWithheld(found, reason));
  if (service.observing && reasons.length > 0) {
    return [
      `It would be held (${reasons.join(', ')})${figuresText(service, reasons)}. It is under observe on panel ${service.panel}, so nothing was changed.`,
    ];
  }
  if (found.brake !== null && reasons.length > 0) {
    const stopped = describeBrake(found.brake, times.text(found.brake.since));
    return [`It would be held (${reasons.join(', ')})${figuresText(service, reasons)}. ${stopped}`];
  }
  if (decision === null) return ['It has not been read yet.'];
  return [notHeld(found, times)];
}

/** What is said of a service without a hold that no run reads. */
function skippedSentences(service: Explanation['service'], skip: SkipReason): Part[] {
  const exceeded = describeExceeded(service);
  const state = exceeded === null ? 'It is not held.' : `It is not held, although ${exceeded}.`;
  return [skip === 'pending' ? 'It has an account.' : state, `${describeSkip(service, skip)}.`];
}

function notHeld(found: Explanation, times: Times): Part {
  const { service } = found;
  if (isLeftAsIs(service)) return 'It is not held: no run decides about it without its product.';
  const exceeded = describeExceeded(service);
  if (exceeded !== null) {
    const although = `It is not held, although ${exceeded}`;
    if (isWithheld(found, 'quota')) return `${although}.`;
    if (service.observing)
      return `${although}: it is under observe on panel ${service.panel}, so nothing is restricted.`;
    return `${although}. The next poll decides again.`;
  }
  if (service.allowance === null) return `It is not held: ${describeWithin(service)}.`;
  const { allowedBytes } = service.allowance;
  if (service.cycle !== null && hasCycleEnded(service, found.at))
    return html`It is not held: ${describeUsed(service)} in the cycle that ended on ${times.bound(service.cycle.end)}.
    Nothing was read in the present one yet: the next run that reads it decides.`;
  const end = service.cycle === null ? '' : html` in the cycle until ${times.bound(service.cycle.end)}`;
  const at =
    allowedBytes === null || isWithheld(found, 'quota')
      ? ''
      : ` It ${service.observing ? 'would be' : 'is'} held once ${formatBytes(allowedBytes)} are used.`;
  return html`It is not held: ${describeUsed(service)}${end}.${at}`;
}

const ACCOUNT_REASONS: Record<string, string> = {
  next_run: 'the next reconcile completes that',
  observe: 'it is under observe',
  brake: 'the brake stopped the last reconcile',
  failed: 'the last run failed to complete that, and the next reconcile tries again',
  not_paid: 'its order is pending and is not paid',
  suspended: 'its order is suspended',
  operator: 'that waits for an operator',
};
