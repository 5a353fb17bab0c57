import { may, mayWithFields } from '@sluice/contract';
import { type ServiceDetail } from '@sluice/engine';
import { SluiceError } from '@sluice/panel-kind';
import { permitFor, refusal } from '../../access/refusal.js';
import { forbidden } from '../../server/failure.js';
import { reportedError, requireDone } from '../../server/reported.js';
import { facts, notice, type Section } from '../../layout/components.js';
import { name } from '../../layout/format.js';
import { postForm } from '../../layout/forms.js';
import { html } from '../../layout/html.js';
import { hasEnded } from '../lifecycle.js';
import type { Page, PageAnswer } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toZone } from '../../layout/page-times.js';
import { ownService, toClient, toPath, plainly } from './own.js';

const USE_CASE = 'provision.changePassword';
const REFUSED = 'Your link does not permit this';

/** Returns why the client may not get a new password for a service; null where it may. */
async function findRefusal(
  { sluice, viewer }: PageRequest,
  { id, lifecycle }: ServiceDetail,
): Promise<SluiceError | null> {
  if (!may(viewer, USE_CASE)) return forbidden(REFUSED);
  if (hasEnded({ lifecycle })) return new SluiceError('wrong_lifecycle', 'This service has ended: it has no password.');
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
  const content = html`<p>The present password can’t be shown.</p>
    <p><a class="button" href="${toPath(request, service.id)}/password">Get a new password</a></p>`;
  return { id: 'password', title: 'Password', content };
}

/** `GET …/password`: what a new password means, before it is made. */
export const passwordPage: Page = async (request) => {
  const { id, panel } = await requirePassword(request);
  const back = toPath(request, id);
  const body = html`${notice('warning', html`A new password for ${name(id)} replaces the present one at once: devices and programs that use the present one stop working until you enter the new one.`)}
    <p>It is shown only in the answer: keep it somewhere safe.</p>
    ${postForm(request, { action: `${back}/password`, id: 'password', submit: 'Replace the password', tone: 'danger' })}
    <p><a href="${back}">Back to the service</a></p>`;
  return { title: 'Get a new password', body, timeZone: toZone(request, panel) };
};

/** What a client reads with its new password. */
interface Words {
  title: string;
  tone: 'warning' | 'bad';
  text: string;
  label: string;
}

const SET: Words = {
  title: 'New password',
  tone: 'warning',
  text: 'This password is shown only now. Keep it somewhere safe before you leave this page.',
  label: 'New password',
};

const IN_DOUBT: Words = {
  title: 'New password not confirmed',
  tone: 'bad',
  text: 'It is not known yet whether the password was replaced. Try this one, which is shown only now: if it does not work, the present one still does. In a few minutes, get another one to be sure.',
  label: 'Password to try',
};

/** What remains of a command that set the password is done by later runs, which may set another one. */
const PARTLY: Words = {
  ...SET,
  text: `${SET.text} Not all of the change could be finished: if this password stops working, get another one.`,
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
  if (password === null) throw new SluiceError('not_changed', 'The password was not changed. Try again later.');
  const words = inDoubt ? IN_DOUBT : failed ? PARTLY : SET;
  const back = toPath(request, service.id);
  const body = html`${notice(words.tone, words.text)}
    ${facts([
      username === null ? null : ['User name', html`<code>${name(username)}</code>`],
      [words.label, html`<code class="secret" data-copy="${password}">${password}</code>`],
    ])}
    <p><a href="${back}">Back to the service</a></p>`;
  return {
    title: words.title,
    body,
    timeZone: toZone(request, service.panel),
    repeat: `${back}?done=${inDoubt ? 'password-in-doubt' : 'password'}#password`,
  };
};
