import { type Said, say } from '@sluice/messages/said';

const RESTRICTED: Readonly<Record<string, Said>> = {
  quota: say('why.quota'),
  billing: say('why.billing'),
  manual: say('why.manual'),
  'agent-limit': say('why.agent'),
};

/** Returns whether a hold has a reason that is not the id of a limit. */
export const isKnownReason = (reason: string): boolean => Object.hasOwn(RESTRICTED, reason);

/** Returns why a service is restricted by a hold with this reason, for its client; a sentence without its stop. */
export function sayReason(reason: string): Said {
  return (isKnownReason(reason) ? RESTRICTED[reason] : undefined) ?? say('why.limit', { limit: reason });
}
