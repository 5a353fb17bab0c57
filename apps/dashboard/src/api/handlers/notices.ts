import type { GroupEndpoints } from '@sluice/contract/endpoints';
import type { Handlers } from './handler.js';

/** Notices to channels, and alarms. */
export const noticeHandlers: Handlers<GroupEndpoints<'notices'>> = {
  'GET /notices': ({ sluice, query }) => sluice.notices.list({ ...query, limit: Number.MAX_SAFE_INTEGER }),
  'POST /notices/test': ({ sluice, body: { channel = null }, as }) => sluice.notices.test(channel, as),
  'GET /clients/:client/notices': ({ sluice, param }) => sluice.notices.choices(param('client')),
  'PUT /clients/:client/notices': ({ sluice, param, body: { events }, as }) =>
    sluice.notices.choose(param('client'), events, as),
  'PUT /clients/:client/notices/address': ({ sluice, param, body: { address }, as }) =>
    sluice.notices.setAddress(param('client'), address, as),
};
