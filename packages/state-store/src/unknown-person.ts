import type { ServiceRecord } from './records.js';

/**
 * What a service has of a client of whose person nothing is known. A change of the client, and a merge into another one, leave this: what
 * was known is the former one's.
 */
export const UNKNOWN_PERSON: Pick<ServiceRecord, 'clientName' | 'clientEmail' | 'language'> = {
  clientName: null,
  clientEmail: null,
  language: null,
};
