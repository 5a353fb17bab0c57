import type { Because, BecauseCode, ServiceDetail } from '@sluice/engine';
import { describeUnused, isListIgnored } from '@sluice/engine/words';
import type { Times } from '../../layout/format.js';
import { html, type Part } from '../../layout/html.js';
import type { ServiceScene } from './service.js';

type Way = Part | ((service: ServiceDetail, details: Because['details']) => Part);

const LET_RUNS = 'Let runs change it again.';

/** What an operator can do about a reason of a service's state, by its code, where the buttons of the page do not say it. */
export const STATE_WAYS: Readonly<Partial<Record<BecauseCode, Way>>> = {
  until_quota_release: 'Release it until a date, or set a quota.',
  until_paid: 'Ending the suspension here lasts only until the next sync.',
  until_product: 'Put that back, set another, or release it until a date.',
  undo_in_doubt: html`<code>sluice doctor</code> names the call.`,
  // A hold for an agent's limit can't be released on this page.
  end_observed: (_service, { ofAgent }) =>
    ofAgent === undefined ? 'Release it here, or let runs change it again.' : LET_RUNS,
  begin_observed: (_service, { manual }) =>
    manual === undefined ? LET_RUNS : 'Add the hold here again, or let runs change it again.',
  panel_removed: ({ panel }) =>
    html`Put the panel back into the config; before you take it out for good, give its services back with
      <code>sluice hold release --all --panel ${panel}</code>.`,
  panel_undecided: ({ panel }, { error }) =>
    isListIgnored(String(error))
      ? html`If the list is complete, accept it once with <code>sluice poll --panel ${panel} --allow-mass</code>.`
      : null,
};

/** Returns sentences that say why a service is in its state, and what changes that. */
export function explainState({ found, times }: Pick<ServiceScene, 'found' | 'times'>): Part[] {
  const { because, service } = found;
  const unused = describeUnused(found);
  const sentences = because.map(({ code, text, details }) => {
    const way = STATE_WAYS[code];
    return html`<span dir="ltr">${withTimes(text, details, times)}</span>
      ${typeof way === 'function' ? way(service, details) : way}`;
  });
  return unused === null ? sentences : [...sentences, `${unused}.`];
}

function withTimes(text: string, { cycleEnd, readAt }: Because['details'], times: Times): Part {
  const bound = typeof cycleEnd === 'string' ? { [cycleEnd]: times.bound(cycleEnd) } : {};
  const age = typeof readAt === 'string' ? { [readAt]: times.ago(readAt) } : {};
  return times.inText(text, { ...age, ...bound });
}
