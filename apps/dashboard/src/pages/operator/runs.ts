import { postForm } from '../layout/forms.js';
import { html, type Html } from '../layout/html.js';
import type { PageRequest } from '../page.js';

/** Runs that an operator may start. */
export const RUNS = ['poll', 'plan', 'agent-check'] as const;

/** Buttons that start a run, over one panel or all. */
export function runButtons(
  { csrf, newKey }: PageRequest,
  { panel, service, hasAgents = false }: { panel: string | null; service?: string; hasAgents?: boolean },
): Html {
  const shown = RUNS.filter((command) => command !== 'agent-check' || hasAgents);
  const words = { poll: 'Poll now', plan: 'Plan (changes nothing)', 'agent-check': 'Check agents' };
  return html`<div class="buttons">
    ${shown.map((command) =>
      postForm({
        action: '/runs',
        csrf,
        key: newKey(),
        id: `run-${command}`,
        submit: words[command],
        hidden: { command, ...(panel === null ? {} : { panel }), ...(service === undefined ? {} : { service }) },
      }),
    )}
  </div>`;
}
