import { SluiceError } from '@sluice/panel-kind';
import type { NoticeChoices } from '@sluice/contract/documents';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { html, type Html } from '../layout/html.js';
import { toWording, type Wording } from '../layout/wording.js';
import { mailEventText } from '../pages/mail-events.js';
import type { Limiters } from '../server/limits.js';
import { type Context, SMALL_BODY } from '../server/options.js';
import { type Frame, type FramedPage, NOBODY, sendPage } from './html-reply.js';
import { languageWithoutVisitor } from './language.js';

/**
 * Adds the pages of the links in mails, whose token permits them without a login: which mails their reader gets, and the one that
 * confirms an address. Nothing is changed by opening them, as mail programs do.
 */
export function addMails(server: FastifyInstance, context: Context, limiters: Limiters): void {
  const { notices } = context.sluice;
  // Mail programs unsubscribe with a form of several parts; what is in it does not matter.
  server.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, _body, done) => {
    done(null, {});
  });
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    toPage: (token: string, wording: Wording) => Promise<FramedPage>,
  ): Promise<FastifyReply> => {
    const language = languageWithoutVisitor(context, request);
    const [wording, frame] = [toWording(language), { ...NOBODY, ofLink: true, language } satisfies Frame];
    const { token = '' } = request.params as { token?: string };
    try {
      return await sendPage(context, reply, frame, await toPage(token, wording));
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'unknown_link') throw error;
      await limiters.refusals(request, reply);
      return sendPage(context, reply, frame, deadPage(wording));
    }
  };
  const onRequest = limiters.files;
  server.get('/mails/:token', { onRequest }, (request, reply) =>
    answer(request, reply, async (token, wording) => choicesPage((await notices.openLink(token)).choices, wording)),
  );
  server.post('/mails/:token', { onRequest, bodyLimit: SMALL_BODY }, (request, reply) =>
    answer(request, reply, async (token, wording) => {
      const { choices } = await notices.openLink(token);
      const chosen = await notices.chooseByLink(token, readChosen(request, choices), { actor: 'link in a mail' });
      return { ...choicesPage(chosen.choices, wording), notice: saved(wording) };
    }),
  );
  server.get('/mails/confirm/:token', { onRequest }, (request, reply) =>
    answer(request, reply, (_token, wording) => Promise.resolve(confirmPage(wording))),
  );
  server.post('/mails/confirm/:token', { onRequest, bodyLimit: SMALL_BODY }, (request, reply) =>
    answer(request, reply, async (token, wording) => {
      const { address } = await notices.confirmAddress(token, { actor: 'link in a mail' });
      const body = html`<p>${wording.say('mail.confirmed', { address: html`<bdi dir="ltr">${address}</bdi>` })}</p>`;
      return { title: wording.text('mail.confirmTitle'), body };
    }),
  );
}

/** What a form chooses; undefined where a mail program asks for no more mails of the kind of that mail. */
function readChosen({ body }: FastifyRequest, { events }: NoticeChoices): Record<string, boolean> | undefined {
  const form = (body ?? {}) as Record<string, unknown>;
  if (form['choose'] === undefined) return undefined;
  const isAny = form['choose'] === 'some';
  return Object.fromEntries(events.map(({ event }) => [event, isAny && form[event] === 'yes']));
}

function choicesPage({ events }: NoticeChoices, wording: Wording): FramedPage {
  const fields = events.map(
    ({ event, wanted }) =>
      html`<div class="field field-check">
        <input type="checkbox" id="${event}" name="${event}" value="yes" ${wanted ? html` checked` : null} /><label
          for="${event}"
          >${mailEventText(event, wording)}</label
        >
      </div>`,
  );
  const none = html`<form class="form" method="post">
    <input type="hidden" name="choose" value="none" />
    <button class="button button-plain" type="submit">${wording.say('mails.none')}</button>
  </form>`;
  const body = html`<form class="form" method="post">
      <input type="hidden" name="choose" value="some" />
      <p>${wording.say('mails.hint')}</p>
      ${fields}
      <button class="button" type="submit">${wording.say('autoBuy.save')}</button>
    </form>
    ${events.some(({ wanted }) => wanted) ? none : null}`;
  return { title: wording.text('mails.title'), body };
}

function saved(wording: Wording): Html {
  return html`${wording.say('mails.saved')}`;
}

function confirmPage(wording: Wording): FramedPage {
  const body = html`<form class="form" method="post">
    <p>${wording.say('mail.confirmText')}</p>
    <button class="button" type="submit">${wording.say('mail.confirmButton')}</button>
  </form>`;
  return { title: wording.text('mail.confirmTitle'), body };
}

function deadPage(wording: Wording): FramedPage {
  return { status: 404, title: wording.text('title.notFound'), body: html`<p>${wording.say('mails.dead')}</p>` };
}
