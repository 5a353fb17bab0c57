import type { Section } from '../../layout/components.js';
import { exactSize } from '../../layout/format.js';
import { type Field, postForm } from '../../layout/forms.js';
import { toWording, type Wording } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';
import type { PanelReads } from '../../requests/panel-reads.js';
import type { Page } from '../page.js';
import { confirmPage } from './confirm.js';
import { parseDays, parseName, parseTraffic } from './fields.js';
import { readOwnAgent, toFormRef, toUserPath } from './own.js';

/** What the field of days of a new user has at first. */
const USUAL_DAYS = '30';

/** The fields for traffic and days of a new user. */
function sizeFields(wording: Wording): Field[] {
  return [
    { name: 'traffic', label: wording.text('user.traffic'), isRequired: true },
    { name: 'days', label: wording.text('user.daysField'), value: USUAL_DAYS, isRequired: true },
  ];
}

/** The form for a new user. */
export function createSection(request: PageRequest): Section {
  const wording = toWording(request.language);
  const content = postForm(request, {
    action: `${request.base}/users`,
    id: 'create',
    submit: wording.text('user.create'),
    fields: [{ name: 'name', label: wording.text('user.name'), isRequired: true }, ...sizeFields(wording)],
  });
  return { id: 'create', title: wording.text('user.createTitle'), content };
}

/** `POST /users`: asks, with what it reserves, and makes the user once that is confirmed. */
export function createUser(reads: PanelReads): Page {
  return async (request) => {
    const { sluice, form = {}, as } = request;
    const { agent } = await readOwnAgent(request, reads);
    const name = parseName(form);
    const wording = toWording(request.language);
    const limitBytes = parseTraffic(form, wording, { isRequired: true });
    const days = parseDays(form, { isRequired: true });
    const wanted = { ...as, agent: agent.uuid, panel: agent.panel, name, limitBytes, days };
    const isConfirmed = form['confirmed'] === 'yes';
    const { user } = await sluice.agents.createUser({ ...wanted, ref: toFormRef(request), dryRun: !isConfirmed });
    if (isConfirmed) return { redirect: `${toUserPath(request, user.uuid ?? '')}?done=created` };
    return confirmPage(request, {
      agent,
      title: wording.text('user.createTitle'),
      rows: [
        [wording.text('user.name'), wording.name(name)],
        [wording.text('packages.traffic'), wording.bytes(limitBytes)],
        [wording.text('user.days'), wording.count(days)],
      ],
      bytes: limitBytes,
      action: `${request.base}/users`,
      hidden: { name, traffic: exactSize(limitBytes), days: String(days) },
      submit: wording.text('user.create'),
      back: { href: request.base === '' ? '/' : request.base, text: wording.say('page.backHome') },
    });
  };
}
