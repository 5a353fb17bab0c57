import { may, mayWithFields } from '@sluice/contract';
import { type ServiceDetail } from '@sluice/engine';
import type { SluiceError } from '@sluice/panel-kind';
import { permitFor, refusal } from '../../access/refusal.js';
import { type Key, say } from '@sluice/messages';
import { clientError } from '../../server/failure.js';
import { reportedError, requireDone } from '../../server/reported.js';
import { facts, notice, type Section } from '../../layout/components.js';
import { name } from '../../layout/format.js';
import { postForm } from '../../layout/forms.js';
import { html } from '../../layout/html.js';
import { toWording } from '../../layout/wording.js';
import { hasEnded } from '../lifecycle.js';
import type { Page, PageAnswer } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toZone } from '../../layout/page-times.js';
import { ownService, toClient, toPath, plainly } from './own.js';

const USE_CASE = 'provision.changePassword';
const REFUSED = say('problem.link');

/** Returns why the client may not get a new password for a service; null where it may. */
async function findRefusal(
  { sluice, viewer }: PageRequest,
  { id, lifecycle }: ServiceDetail,
): Promise<SluiceError | null> {
  if (!may(viewer, USE_CASE)) return clientError('forbidden', REFUSED, { kind: 'usage' });
  if (hasEnded({ lifecycle })) return clientError('wrong_lifecycle', say('problem.noPassword'));
  const terms = await sluice.services.customerMay(id);
  return mayWithFields(viewer, USE_CASE, terms) ? null : refusal(terms, USE_CASE, REFUSED);
}

async function requirePassword(request: PageRequest): Promise<ServiceDetail> {
  const service = await ownService(request);
  const refused = await findRefusal(request, service);
  if (refused === null) return service;
  throw refused;
}

/** The way to a new password; the present one can't be shown. */
export async function passwordSection(request: PageRequest, service: ServiceDetail): Promise<Section | null> {
  if ((await findRefusal(request, service)) !== null) return null;
  const wording = toWording(request.language);
  const content = html`<p>${wording.say('password.hidden')}</p>
    <p><a class="button" href="${toPath(request, service.id)}/password">${wording.say('password.get')}</a></p>`;
  return { id: 'password', title: wording.text('password.title'), content };
}

/** `GET …/password`: what a new password means, before it is made. */
export const passwordPage: Page = async (request) => {
  const { id, panel, clientName } = await requirePassword(request);
  const back = toPath(request, id);
  const wording = toWording(request.language);
  const submit = wording.text('password.replace');
  const body = html`${notice('warning', wording.say('password.warning', { service: name(id) }))}
    <p>${wording.say('password.shownOnce')}</p>
    ${postForm(request, { action: `${back}/password`, id: 'password', submit, tone: 'danger' })}
    <p><a href="${back}">${wording.say('page.backService')}</a></p>`;
  return { title: wording.text('password.get'), who: clientName, body, timeZone: toZone(request, panel) };
};

/** What a client reads with its new password. */
interface Words {
  title: Key & `password.${string}`;
  tone: 'warning' | 'bad';
  text: Key & `password.${string}`;
  label: Key & `password.${string}`;
}

const SET: Words = {
  title: 'password.new',
  tone: 'warning',
  text: 'password.keep',
  label: 'password.new',
};

const IN_DOUBT: Words = {
  title: 'password.notConfirmed',
  tone: 'bad',
  text: 'password.inDoubt',
  label: 'password.toTry',
};

/** What remains of a command that set the password is done by later runs, which may set another one. */
const PARTLY: Words = {
  ...SET,
  text: 'password.partly',
};

/** Gets a new password, which is shown in this answer only. */
export const newPassword: Page = async (request): Promise<PageAnswer> => {
  const { sluice, viewer, as } = request;
  const service = await requirePassword(request);
  const { credentials, failed } = await plainly(async () => {
    const how = { reader: toClient(request), permit: permitFor(viewer, USE_CASE, REFUSED) };
    const made = await sluice.provision.changePassword(service.id, { ...as, ...how });
    // A password that the panel may have is shown whatever else failed: the former one may be gone.
    if (made.credentials?.password == null) requireDone(made);
    return { credentials: made.credentials, failed: reportedError(made) !== null };
  });
  const { username = null, password = null, inDoubt = false } = credentials ?? {};
  if (password === null) throw clientError('not_changed', say('problem.notChanged'));
  const words = inDoubt ? IN_DOUBT : failed ? PARTLY : SET;
  const back = toPath(request, service.id);
  const wording = toWording(request.language);
  const body = html`${notice(words.tone, wording.saidText({ key: words.text }))}
    ${facts([
      username === null ? null : [wording.text('account.userName'), html`<code>${wording.identifier(username)}</code>`],
      [
        wording.saidText({ key: words.label }),
        html`<code class="secret" dir="ltr" data-copy="${password}">${password}</code>`,
      ],
    ])}
    <p><a href="${back}">${wording.say('page.backService')}</a></p>`;
  return {
    title: wording.saidText({ key: words.title }),
    who: service.clientName,
    body,
    timeZone: toZone(request, service.panel),
    repeat: `${back}?done=${inDoubt ? 'password-in-doubt' : 'password'}`,
  };
};
