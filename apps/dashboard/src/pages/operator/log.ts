import { section } from '../../layout/components.js';
import { searchForm } from '../../layout/forms.js';
import { html } from '../../layout/html.js';
import type { Page } from '../page.js';
import { findService } from './find-service.js';
import { logTable } from './log-table.js';
import { attempt, given, problemNotice, toNumber, toScene, toWord } from './scene.js';

const KINDS = ['run', 'action', 'api', 'refresh'] as const;
const AGES = { '1h': 3_600_000, '24h': 86_400_000, '7d': 7 * 86_400_000, '30d': 30 * 86_400_000 } as const;
const ROWS = 100;
const MOST_ROWS = 1000;

/** `/log`: runs, changes and calls. */
export const logPage: Page = async (request) => {
  const { query, sluice, now } = request;
  const scene = toScene(request);
  const kind = toWord(query.kind, KINDS);
  const age = toWord(query.since, ['1h', '24h', '7d', '30d'] as const);
  const [panel, text] = [given(query.panel), given(query.service)];
  const { id: service, choices } = await findService(request, text, '/log');
  const rows = toNumber(query.rows, ROWS, MOST_ROWS);
  const { value, problem } = await attempt(() =>
    sluice.log.list({
      kinds: kind === undefined ? [...KINDS] : [kind],
      limit: rows,
      ...{ service, panel },
      since: age === undefined ? undefined : new Date(now - AGES[age]).toISOString(),
    }),
  );
  const form = searchForm({
    action: '/log',
    id: 'log',
    submit: 'Show',
    fields: [
      {
        name: 'kind',
        label: 'Kind',
        value: kind ?? '',
        choices: [
          ['', 'all'],
          ['run', 'runs'],
          ['action', 'changes'],
          ['api', 'API calls'],
          ['refresh', 'refreshes'],
        ],
      },
      { name: 'service', label: 'Service or client', type: 'search', value: service ?? text ?? '' },
      {
        name: 'panel',
        label: 'Panel',
        value: panel ?? '',
        choices: [['', 'all'], ...Object.keys(sluice.config.panels)],
      },
      {
        name: 'since',
        label: 'Since',
        value: age ?? '',
        choices: [
          ['', 'any time'],
          ['1h', '1 hour'],
          ['24h', '24 hours'],
          ['7d', '7 days'],
          ['30d', '30 days'],
        ],
      },
      { name: 'rows', label: 'Rows', type: 'number', value: String(rows) },
    ],
  });
  if (choices !== null) return { title: 'Log', body: html`${form} ${choices}` };
  const body = html`${form}
  ${value === null ? problemNotice(problem) : section('Entries', await logTable(scene, value.entries, { caption: 'Entries of the log, newest first' }))}`;
  return { title: 'Log', body };
};
