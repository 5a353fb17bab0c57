import type { AlarmView } from '@sluice/engine';
import { badge, type Section, table } from '../../layout/components.js';
import { count, counted, name } from '../../layout/format.js';
import { postForm } from '../../layout/forms.js';
import { html, type Html, type Part } from '../../layout/html.js';
import type { Page } from '../page.js';
import { panelLink } from './panels.js';
import { given, jobsLink, type Scene, serviceHref, serviceLink } from './scene.js';

/** Alarms of one kind on a page; the others are counted. */
const MOST = 20;

/** What is wrong since an earlier run, with a way to acknowledge it; what is acknowledged is folded. Null without alarms. */
export async function alarmsSection(scene: Scene, service: string | null = null): Promise<Section | null> {
  const { sluice, isEmbedded } = scene.request;
  const { alarms } = await sluice.notices.alarms(service === null ? {} : { service });
  if (alarms.length === 0) return null;
  const open = alarms.filter(({ acknowledged }) => acknowledged === null);
  const known = alarms.filter(({ acknowledged }) => acknowledged !== null);
  const mayEnd = scene.mayOperate && !isEmbedded;
  const of = { showsService: service === null, back: service === null ? '/' : serviceHref(service) };
  const folded =
    known.length === 0
      ? null
      : html`<details>
          <summary>${count(known.length)} acknowledged</summary>
          ${alarmTable(scene, known, { ...of, caption: 'Acknowledged', mayEnd })}
        </details>`;
  const content = html`${alarmTable(scene, open, { ...of, caption: 'Not acknowledged', mayEnd })} ${folded}`;
  const aside = html`<span class="soft">${counted(alarms.length, 'alarm')}</span>`;
  return { id: 'alarms', title: 'Alarms', content, aside };
}

interface Shown {
  caption: string;
  showsService: boolean;
  /** Whether each row has the form that acknowledges it, or removes that. */
  mayEnd: boolean;
  /** Where the form returns to. */
  back: string;
}

function alarmTable(scene: Scene, alarms: readonly AlarmView[], { caption, showsService, mayEnd, back }: Shown): Html {
  const { times } = scene;
  const figures = table({
    caption,
    columns: [
      { title: 'Since', cell: ({ since }) => times.ago(since) },
      showsService
        ? {
            title: 'About',
            cell: ({ service, name: title, panel, code }: AlarmView) => {
              if (service !== null) return serviceLink(service, title);
              return panel === '' ? (jobsLink({ code }) ?? 'billing') : panelLink(panel);
            },
          }
        : null,
      {
        title: 'What is wrong',
        cell: ({ event, message }) =>
          html`${event === 'drift' ? badge('drift', 'warning') : null}
            <span dir="auto">${times.inText(message)}</span>`,
      },
      {
        title: 'Acknowledged',
        cell: (alarm: AlarmView): Part =>
          html`${showAcknowledged(scene, alarm)} ${mayEnd ? acknowledgeForm(scene, alarm, back) : null}`,
      },
    ],
    rows: alarms.slice(0, MOST),
    empty: 'No alarm waits for an acknowledgement.',
  });
  const left = alarms.length - MOST;
  return left > 0
    ? html`${figures}
        <p class="soft">${count(left)} more: <code>sluice notice list</code></p>`
    : html`${figures}`;
}

function acknowledgeForm({ request }: Scene, { id, acknowledged }: AlarmView, back: string): Html {
  const action = `/alarms/${encodeURIComponent(id)}/ack`;
  if (acknowledged !== null)
    return postForm(request, { action, id: `undo-${id}`, submit: 'Take back', hidden: { back, undo: 'yes' } });
  return postForm(request, {
    action,
    id: `ack-${id}`,
    fields: [{ name: 'note', label: 'Note' }],
    submit: 'Acknowledge',
    hidden: { back },
  });
}

function showAcknowledged({ times }: Scene, { acknowledged }: AlarmView): Part {
  if (acknowledged === null) return null;
  const { at, by, note } = acknowledged;
  return html`${times.ago(at)} by ${name(by)}${note === null ? null : html`: <span dir="auto">${note}</span>`}`;
}

/** `POST /alarms/:id/ack` */
export const acknowledgeAlarmForm: Page = async ({ params: { id = '' }, form = {}, sluice, as }) => {
  const undo = form.undo === 'yes';
  await sluice.notices.acknowledge(id, { ...as, undo, note: given(form.note) ?? null });
  const back = form.back ?? '';
  return { redirect: /^\/services\/[^/?#]+$/.test(back) ? `${back}?done=${undo ? 'ack-undo' : 'ack'}` : '/' };
};
