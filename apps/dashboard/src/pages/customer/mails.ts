import { may } from '@sluice/contract';
import type { NoticeChoices } from '@sluice/contract/documents';
import { maskMail } from '../../access/own-mail.js';
import { notice, type Section } from '../../layout/components.js';
import { postForm } from '../../layout/forms.js';
import { html, type Html } from '../../layout/html.js';
import { toWording, type Wording } from '../../layout/wording.js';
import { mailEventText } from '../mail-events.js';
import type { Page, PageAnswer } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { findName, plainly, toClient } from './own.js';

/** The form of each change, by which a refusal finds it again. */
const CHOICES = 'mails';
const ADDRESS = 'mail-address';

/** The way to the choice of mails; null where no mails are sent to clients, and for whom may not choose. */
export async function mailsSection(request: PageRequest): Promise<Section | null> {
  const { sluice, viewer, isEmbedded, base, language } = request;
  if (isEmbedded || viewer.client === null || !may(viewer, 'notices.choose')) return null;
  const { sends, events } = await sluice.notices.choices(viewer.client);
  if (!sends) return null;
  const wording = toWording(language);
  const wanted = events.filter((each) => each.wanted);
  const content = html`${
      wanted.length === 0
        ? html`<p>${wording.say('mails.noneNow')}</p>`
        : html`<p>${wording.say('mails.hint')}</p>
            <ul class="plain">
              ${wanted.map(({ event }) => html`<li>${mailEventText(event, wording)}</li>`)}
            </ul>`
    }
    <p><a class="button" href="${base}/mails">${wording.say('mails.choose')}</a></p>`;
  return { id: 'mails', title: wording.text('mails.title'), content };
}

/** `GET /mails`: which mails the client gets, and where. */
export const mailsPage: Page = async (request) => {
  const { sluice, base, query, language } = request;
  const wording = toWording(language);
  const choices = await sluice.notices.choices(toClient(request));
  const home = base === '' ? '/' : base;
  const body = html`<p><a href="${home}">${wording.say('page.backHome')}</a></p>
    ${choices.sends ? null : notice('warning', wording.say('mails.notSent'))}
    <section class="card">${choicesForm(request, choices, wording)}</section>
    <section class="card">
      <div class="card-head"><h2>${wording.say('mails.address')}</h2></div>
      ${addressForms(request, choices, wording)}
    </section>`;
  const done = query['done'] === 'saved' ? { notice: wording.say('mails.saved') } : {};
  return { title: wording.text('mails.title'), who: await findName(request), body, ...done };
};

function choicesForm(request: PageRequest, { events }: NoticeChoices, wording: Wording): Html {
  return html`<p>${wording.say('mails.hint')}</p>
    ${postForm(request, {
      action: `${request.base}/mails`,
      id: CHOICES,
      submit: wording.text('autoBuy.save'),
      fields: events.map(({ event, wanted }) => ({
        name: event,
        label: mailEventText(event, wording),
        type: 'checkbox',
        value: wanted ? 'yes' : '',
      })),
    })}`;
}

function addressForms(request: PageRequest, { address, asked }: NoticeChoices, wording: Wording): Html {
  const action = `${request.base}/mails/address`;
  const now =
    address === null
      ? wording.say('mails.addressKnown')
      : wording.say('mails.addressOwn', { address: showAddress(address, wording) });
  return html`<p>${now}</p>
    ${asked === null ? null : notice('info', wording.say('mails.addressAsked', { address: showAddress(asked, wording) }))}
    ${postForm(request, {
      action,
      id: ADDRESS,
      submit: wording.text('mails.addressSend'),
      fields: [{ name: 'address', label: wording.text('mails.addressNew'), isRequired: true }],
    })}
    ${
      address === null && asked === null
        ? null
        : postForm(request, {
            action,
            id: 'mail-address-drop',
            submit: wording.text('mails.addressDrop'),
            hidden: { drop: 'yes' },
          })
    }`;
}

function showAddress(address: string, wording: Wording): Html {
  return wording.identifier(maskMail(address));
}

/** Stores which mails the client wants. */
export const chooseMails: Page = async (request): Promise<PageAnswer> => {
  const { sluice, as, form = {} } = request;
  const client = toClient(request);
  await plainly(async () => {
    const { events } = await sluice.notices.choices(client);
    const wanted = Object.fromEntries(events.map(({ event }) => [event, form[event] === 'yes']));
    await sluice.notices.choose(client, wanted, as);
  });
  return { redirect: `${request.base}/mails?done=saved` };
};

/** Sends a mail to the address that the client wants, or drops the one that it has chosen. */
export const setMailAddress: Page = async (request): Promise<PageAnswer> => {
  const { sluice, as, form = {} } = request;
  const isDropped = form['drop'] === 'yes';
  const address = isDropped ? null : (form['address'] ?? '');
  await plainly(() => sluice.notices.setAddress(toClient(request), address, as));
  return { redirect: `${request.base}/mails${isDropped ? '?done=saved' : ''}` };
};
