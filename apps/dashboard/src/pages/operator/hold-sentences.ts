import type { Explanation, HoldView } from '@sluice/engine';
import {
  describeFigures,
  describeHoldEnd,
  describeLimitEnd,
  describeLimitNow,
  describeOthers,
  describeSkip,
  describeUsed,
  findNextDecision,
  isDueToEnd,
  isEndedByRuns,
  isForSuspensionAlone,
  isHeldBesides,
  isKnownLeft,
  isLeftBySkip,
  isLeftUnrestricted,
  type NextDecision,
  readSuspendedAgent,
  listReleasing,
} from '@sluice/engine/words';
import { describeRule } from '@sluice/quota-core';
import type { Times } from '../../layout/format.js';
import { html, type Part } from '../../layout/html.js';
import { reasonWords } from '../../layout/words.js';
import type { ServiceScene } from './service.js';

/** What the sentences about a hold need to know. */
export type Held = Pick<ServiceScene, 'found' | 'times' | 'agents'>;

/** Returns `: 20.53 of 20.00 BRL are spent`, or nothing where no figure is known. */
export function figuresText(service: Explanation['service'], reasons: readonly string[]): string {
  const figures = describeFigures(service, reasons);
  return figures === null ? '' : `: ${figures}`;
}

/** Returns sentences that say why a service is held, and what ends that. */
export function holdSentences(scene: Held & Pick<ServiceScene, 'skip'>, hold: HoldView): Part[] {
  const { found, skip } = scene;
  const { observing, panel } = found.service;
  const sentences = lastingSentences(scene, hold);
  if (skip !== null && isLeftBySkip(skip, hold))
    return [...sentences.slice(0, 1), `${describeSkip(found.service, skip)}.`];
  if (isKeptByBrake(found, hold))
    return [
      ...sentences.slice(0, 1),
      hold.reason === 'agent-limit'
        ? 'The brake stops the checks of agents, which alone decide about it.'
        : 'It is due to end, but the brake stops the runs that would end it.',
    ];
  const begins = isLeftUnrestricted(found, hold) ? beginSentence(found, hold) : null;
  if (!observing || !isEndedByRuns(hold)) return [...sentences.slice(0, 1), begins, ...sentences.slice(1)];
  // A hold for an agent's limit can't be released on this page.
  const here = hold.reason === 'agent-limit' && hold.releasing !== true ? '' : 'release it here, or ';
  const observed =
    begins === null ? `It is under observe on panel ${panel}, so no run releases it` : 'No run releases it';
  return [...sentences.slice(0, 1), begins, `${observed}: ${here}let runs change it again.`];
}

/** Returns whether the brake stopped the last run that would have ended a hold. */
export function isKeptByBrake(found: Explanation, hold: HoldView): boolean {
  const { brake, service } = found;
  const lasts = hold.until === null || hold.releasing === true;
  if (brake === null || service.observing || !lasts) return false;
  return brake.subjects === 'agents' ? hold.reason === 'agent-limit' : isDueToEnd(found, hold);
}

/** Says what restricts a service whose hold is not on a panel that no run changes. */
function beginSentence({ service }: Explanation, { reason }: HoldView): string {
  const again = reason === 'manual' ? 'add the hold here again, or ' : '';
  return `It is under observe on panel ${service.panel}, so no run restricts it: ${again}let runs change it again.`;
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
    `${found.service.protected ? 'It is protected' : 'Its limits are released until a date'}: the next run that reaches the panel ${describeHoldEnd(found, hold)}.`,
  ],
  paid: (found, hold) => [
    ': its bill was not paid, which is no longer a reason to hold it',
    `The next run that reaches the panel ${describeHoldEnd(found, hold)}.`,
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

const IN_DOUBT = html`It is undone once it is known how a call for it ended, which <code>sluice doctor</code> names.`;

/** Returns the same of a hold whatever runs do, the reason first. */
export function lastingSentences({ found, times, agents }: Held, hold: HoldView): Part[] {
  const { service } = found;
  if (hold.releasing === true) {
    const ended = html`its hold “${reasonWords(hold.reason)}” ended
    ${hold.until === null ? '' : html`on ${times.full(hold.until)}`}`;
    const isKnown = isKnownLeft(hold.evidence);
    return [
      html`${isHeldBesides(found, found.holds, hold) ? 'It stays held' : 'It is to be released'}: ${ended}, but its
      restriction ${isKnown ? 'is still' : 'may still be'} on the panel.`,
      isKnown ? 'The next run that reaches the panel undoes it.' : IN_DOUBT,
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
  const paid = listReleasing(service).map(
    ({ invoice }) => `, by the poll after the payment of invoice ${invoice ?? ''}`,
  );
  switch (hold.reason) {
    case 'quota':
      return [
        html`${since}: ${describeUsed(service)}.`,
        service.fallen !== null
          ? 'More was read earlier in this cycle, and a fall to less than half releases nothing.'
          : next === 'room'
            ? `It has room again: the next run that reads it ${describeHoldEnd(found, hold)}.`
            : service.quota === null
              ? 'It has no quota any more, which releases nothing: release it until a date, or set a quota.'
              : html`It is released ${end}${paid}, or by the poll after a larger quota.`,
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
