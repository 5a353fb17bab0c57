import {
  describeAllowance,
  describeBrake,
  describeDoubtedHolds,
  describeExceeded,
  describeFigures,
  describeHoldEnd,
  describeLimitEnd,
  describeLimitNow,
  describeOthers,
  describeOutage,
  describeProtection,
  describeSkip,
  describeUsed,
  describeWithin,
  findNextDecision,
  type Explanation,
  hasCycleEnded,
  type HoldView,
  isEndedByRuns,
  isForSuspensionAlone,
  isHeldBesides,
  isLeftAsIs,
  isLeftBySkip,
  isWithheld,
  type NextDecision,
  readSuspendedAgent,
  type SkipReason,
} from '@sluice/engine';
import { describeRule, formatBytes } from '@sluice/quota-core';
import type { Times } from '../../layout/format.js';
import { html, type Part } from '../../layout/html.js';
import { undecidedText, withoutStop } from './panels.js';
import { reasonWords } from '../../layout/words.js';
import { hasEnded } from '../lifecycle.js';
import type { ServiceScene } from './service.js';

/** Returns what the last run found to differ from its target: the overview counts the same. */
export function toDrift({ decision }: Pick<Explanation, 'decision'>): readonly string[] {
  const { drift } = (decision?.inputs ?? {}) as { drift?: unknown };
  return Array.isArray(drift) ? drift.map(String) : [];
}

/** Returns sentences that say why a service is held or not, since when, and what ends that. */
export function explainState(scene: ServiceScene): Part[] {
  const { found, times, skip } = scene;
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
          ? lasting.flatMap((hold) => holdSentences(scene, hold))
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
    released === null
      ? null
      : html`Its quota hold is released until
        ${released.until}${released.note === null ? '' : html` (<span dir="auto">${released.note}</span>)`}.`,
    rejected === 0 ? null : `${rejected === 1 ? 'One reading was' : `${rejected} readings were`} not used.`,
  ].filter((part) => part !== null);
}

const toSentence = (text: string | null): string | null => (text === null ? null : `${text}.`);

const isLiving = (lifecycle: string): boolean => lifecycle !== 'terminated' && lifecycle !== 'vanished';

/** What the sentences about a hold need to know. */
type Held = Pick<ServiceScene, 'found' | 'times' | 'agents'>;

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

/** Returns `: 20.53 of 20.00 BRL are spent`, or nothing where no figure is known. */
function figuresText(service: Explanation['service'], reasons: readonly string[]): string {
  const figures = describeFigures(service, reasons);
  return figures === null ? '' : `: ${figures}`;
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

function holdSentences(scene: Held & Pick<ServiceScene, 'skip'>, hold: HoldView): Part[] {
  const { found, skip } = scene;
  const { observing, panel } = found.service;
  const sentences = lastingSentences(scene, hold);
  if (skip !== null && isLeftBySkip(skip, hold))
    return [...sentences.slice(0, 1), `${describeSkip(found.service, skip)}.`];
  if (!observing || !isEndedByRuns(hold)) return sentences;
  // A hold for an agent's limit can't be released on this page.
  const here = hold.reason === 'agent-limit' && hold.releasing !== true ? '' : 'release it here, or ';
  return [
    ...sentences.slice(0, 1),
    html`It is under observe on panel ${panel}, so no run releases it: ${here}let runs change it again.`,
  ];
}

/** What follows `since`, and what the next run does. */
const NEXT_DECISIONS: Record<
  Exclude<NextDecision, 'room'>,
  (found: Explanation, hold: HoldView, times: Times) => [Part, Part]
> = {
  product: ({ service }) => [
    '',
    html`It stays held while product ${service.product} is not in the config: put that back, set another, or release it
    until a date.`,
  ],
  withheld: (found, hold) => [
    '',
    `${found.service.protected ? 'It is protected' : 'Its quota hold is released until a date'}: the next run that reaches the panel ${describeHoldEnd(found, hold)}.`,
  ],
  window: (_found, { reason }) => [
    html`: its limit “${reasonWords(reason)}” was used up in the period before, and nothing was read in the present one`,
    'The next run that reads it decides again.',
  ],
  cycle: ({ service }, _hold, times) => [
    html`: ${describeUsed(service)}`,
    html`Its cycle ended on ${times.bound(service.cycle?.end)}: the next run that reads the present one decides.`,
  ],
};

function lastingSentences({ found, times, agents }: Held, hold: HoldView): Part[] {
  const { service } = found;
  if (hold.releasing === true) {
    const ended = html`its hold “${reasonWords(hold.reason)}” ended
    ${hold.until === null ? '' : html`on ${times.full(hold.until)}`}`;
    return [
      html`${isHeldBesides(found, found.holds, hold) ? 'It stays held' : 'It is to be released'}: ${ended}, but its
      restriction is still on the panel.`,
      'The next run that reaches the panel undoes it.',
    ];
  }
  const since =
    hold.restricting === true
      ? html`It is to be restricted: held since ${times.full(hold.since)}, but not on the panel yet`
      : html`It is held since ${times.full(hold.since)}${hold.partly === true ? ', but only in part yet' : ''}`;
  const next = findNextDecision(found, hold);
  const decided = next === null || next === 'room' ? null : NEXT_DECISIONS[next](found, hold, times);
  if (decided !== null) return [html`${since}${decided[0]}.`, decided[1]];
  const note = hold.note === null ? '' : html` (<span dir="auto">${describeRule(hold.note) ?? hold.note}</span>)`;
  const end =
    service.cycle === null ? 'with the next cycle' : html`with the next cycle on ${times.bound(service.cycle.end)}`;
  switch (hold.reason) {
    case 'quota':
      return [
        html`${since}: ${describeUsed(service)}.`,
        service.fallen !== null
          ? 'More was read earlier in this cycle, and a fall to less than half releases nothing.'
          : next === 'room'
            ? `It has room again: the next run that reads it ${describeHoldEnd(found, hold)}.`
            : html`It is released ${end}, or by the poll after a larger quota.`,
      ];
    case 'manual':
      return [html`${since}: an operator restricted it${note}.`, 'It is held until an operator releases it.'];
    case 'billing':
      return [
        html`${since}: its bill is not paid${note}.`,
        `Its due date is ${service.nextDueDate ?? 'unknown'}.${found.source === null ? '' : ` Once it is paid and active in ${found.source}, the poll after a sync releases it; ending the suspension here lasts only until the next sync.`}`,
      ];
    case 'agent-limit':
      return [
        html`${since}:
        ${hold.note === null ? 'its agent' : html`<span dir="auto">${hold.note}</span>`}${agentNow(hold, agents)}.`,
        readSuspendedAgent(hold) !== null && isForSuspensionAlone(agents)
          ? 'A check of agents ends that once it is not suspended.'
          : agentEnd(agents),
      ];
    default:
      return [
        html`${since}: it has exceeded the limit "${hold.reason}"${figuresText(service, [hold.reason]) || note}.`,
        limitEnd(service, hold.reason, times),
      ];
  }
}

/** Returns what follows the agent in the note of a hold. */
function agentNow(hold: HoldView, agents: Held['agents']): string {
  if (readSuspendedAgent(hold) === null) return ` ${describeLimitNow(agents)}`;
  return agents === null
    ? ''
    : describeOthers(agents)
        .map((other) => `, and ${other}`)
        .join('');
}

function agentEnd(agents: Held['agents']): string {
  if (agents === null) return 'A check of agents ends that once the agent is within its limit, and not suspended.';
  return `${describeLimitEnd(agents)}.`;
}

function limitEnd({ limits }: Explanation['service'], reason: string, times: Times): Part {
  const end = limits.find(({ id }) => id === reason)?.window?.end;
  if (end === undefined) return 'It is released when the window of that limit ends.';
  return html`It is released by the first poll from ${times.full(end)} on.`;
}
