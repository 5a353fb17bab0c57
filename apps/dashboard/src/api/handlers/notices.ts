import type { GroupEndpoints } from '@sluice/contract/endpoints';
import type { Handlers } from './handler.js';

/** Notices to channels, and alarms. */
export const noticeHandlers: Handlers<GroupEndpoints<'notices'>> = {
  'GET /notices': ({ sluice, query }) => sluice.notices.list({ ...query, limit: Number.MAX_SAFE_INTEGER }),
  'POST /notices/test': ({ sluice, body: { channel = null }, as }) => sluice.notices.test(channel, as),
};
