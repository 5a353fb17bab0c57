import { madeBy } from '../access/viewer.js';
import type { Language } from '@sluice/messages';
import type { ApiCall } from '../requests/api-call.js';
import type { PageRequest } from '../requests/page-request.js';

/** Returns the request that embedded parts are made for: it only reads, and shows what a client may see, or all where it is null. */
export function embeddedRequest(
  { sluice, context, viewer, tasks }: ApiCall,
  client: string | null,
  language: Language = 'en',
): PageRequest {
  return {
    viewer: { ...viewer, client, needs: ['read'], maxAmount: null },
    ...{ sluice, tasks, language },
    now: context.clock.now(),
    params: {},
    query: {},
    isEmbedded: true,
    ...{ base: '', path: '/', csrf: '', newKey: () => '' },
    as: madeBy(viewer),
  };
}
