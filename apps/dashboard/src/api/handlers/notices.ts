import type { NoticeChoices } from '@sluice/contract/documents';
import type { GroupEndpoints } from '@sluice/contract/endpoints';
import { maskMail } from '../../access/own-mail.js';
import type { Handlers } from './handler.js';

/** Notices to channels, and alarms. */
export const noticeHandlers: Handlers<GroupEndpoints<'notices'>> = {
  'GET /notices': ({ sluice, query }) => sluice.notices.list({ ...query, limit: Number.MAX_SAFE_INTEGER }),
  'POST /notices/test': ({ sluice, body: { channel = null }, as }) => sluice.notices.test(channel, as),
  'GET /clients/:client/notices': async ({ sluice, param, client }) =>
    forCaller(client, await sluice.notices.choices(param('client'))),
  'PUT /clients/:client/notices': async ({ sluice, param, body: { events }, as, client }) =>
    forCaller(client, await sluice.notices.choose(param('client'), events, as)),
  'PUT /clients/:client/notices/address': async ({ sluice, param, body: { address }, as, client }) =>
    forCaller(client, await sluice.notices.setAddress(param('client'), address, as)),
};

/** Returns where a client gets mails as its caller may read it: a token of the client may be in others' hands, as its links may. */
function forCaller(client: string | undefined, choices: NoticeChoices): NoticeChoices {
  if (client === undefined) return choices;
  const mask = (address: string | null): string | null => (address === null ? null : maskMail(address));
  return { ...choices, address: mask(choices.address), asked: mask(choices.asked) };
}
