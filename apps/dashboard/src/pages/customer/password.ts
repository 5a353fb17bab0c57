import { may, mayWithFields } from '@sluice/contract';
import { type ServiceDetail } from '@sluice/engine';
import { SluiceError } from '@sluice/panel-kind';
import { refusal } from '../../access/refusal.js';
import { forbidden } from '../../server/failure.js';
import { facts, notice, type Section } from '../../layout/components.js';
import { name } from '../../layout/format.js';
import { postForm } from '../../layout/forms.js';
import { html } from '../../layout/html.js';
import type { Page, PageAnswer } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toZone } from '../../layout/page-times.js';
import { ownService, toClient, toPath, plainly, throwReported } from './own.js';

const REFUSED = 'Your link does not permit this';

/** Returns why the client may not get a new password for a service; null where it may. */
async function findRefusal({ sluice, viewer }: PageRequest, { id }: ServiceDetail): Promise<SluiceError | null> {
  const useCase = 'provision.changePassword';
  if (!may(viewer, useCase)) return forbidden(REFUSED);
  const terms = await sluice.services.customerMay(id);
  return mayWithFields(viewer, useCase, terms) ? null : refusal(terms, useCase, REFUSED);
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

/** Gets a new password, which is shown in this answer only. */
export const newPassword: Page = async (request): Promise<PageAnswer> => {
  const { sluice, as } = request;
  const service = await requirePassword(request);
  const report = await plainly(async () => {
    const reader = toClient(request);
    const made = await sluice.provision.changePassword(service.id, { ...as, showPassword: 'always', reader });
    throwReported(made.error ?? made.service.error);
    return made;
  });
  const { username = null, password = null } = report.credentials ?? {};
  const back = toPath(request, service.id);
  if (password === null) throw new SluiceError('not_changed', 'The password was not changed. Try again later.');
  const body = html`${notice('warning', 'This password is shown only now. Keep it somewhere safe before you leave this page.')}
    ${facts([
      username === null ? null : ['User name', html`<code>${name(username)}</code>`],
      ['New password', html`<code class="secret" data-copy="${password}">${password}</code>`],
    ])}
    <p><a href="${back}">Back to the service</a></p>`;
  return {
    title: 'New password',
    body,
    timeZone: toZone(request, service.panel),
    repeat: `${back}?done=password#password`,
  };
};
