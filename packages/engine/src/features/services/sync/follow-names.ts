import type { ServiceSource, SourceService } from '@sluice/contract/ports';
import { toLanguage } from '@sluice/quota-core';
import type { ServiceRecord } from '@sluice/state-store';
import { isAddress, toStoredName } from '../../../base/fields.js';
import { leavePanelName, mayName } from '../../../base/name-sources.js';

/** The fields of a service with what its source stored last. */
type FollowedFields = ServiceSource['followedFields'];

const FOLLOWED = ['name', 'language'] as const;

/** Stands for a language that the billing system was asked for and does not name. */
const NONE = 'none';

/** Returns a service whose names can be stored, without those that an operator has set. */
export function toFollowing<Service extends SourceService>(
  service: Service,
  before: ServiceRecord | undefined,
  fields: FollowedFields,
): Service {
  const texts = { ...service.texts };
  for (const column of ['name', 'client_name'] as const)
    if (texts[column] !== undefined) texts[column] = toStoredName(texts[column]);
  if (!isAddress(texts['client_email'] ?? '')) texts['client_email'] &&= '';
  if (texts['language'] !== undefined) texts['language'] = toLanguage(texts['language']) ?? '';
  // What is known of a former client's language is not this one's.
  const isOther = before?.client !== (texts['client'] ?? before?.client);
  const own = isOther ? null : (before?.language ?? null);
  if (own !== null && own !== before?.fields[fields.language] && own !== texts['language'])
    Reflect.deleteProperty(texts, 'language');
  if (before !== undefined && !mayFollow(before, texts['name'], fields.name)) Reflect.deleteProperty(texts, 'name');
  return { ...service, texts };
}

/** Whether a service gets the name that the billing system has; none leaves that of the panel. */
function mayFollow(before: ServiceRecord, name: string | undefined, ofBilling: string): boolean {
  if (name === before.name) return true;
  return mayName(before, 'billing', ofBilling) && (name !== '' || before.name === null || !mayName(before, 'panel'));
}

/** Notes what a sync stores of a name and a language. */
export function noteFollowed(after: ServiceRecord, texts: SourceService['texts'], fields: FollowedFields): void {
  for (const column of FOLLOWED) {
    const text = texts[column];
    if (text === undefined || (after[column] ?? '') !== text) continue;
    if (text !== '' && column === 'name') leavePanelName(after);
    if (text !== '' || column === 'language') after.fields[fields[column]] = text === '' ? NONE : text;
    else Reflect.deleteProperty(after.fields, fields[column]);
  }
}

/** Returns the clients whose languages were asked for. */
export function listKnownLanguages(services: Iterable<ServiceRecord>, fields: FollowedFields): Set<string> {
  return new Set(
    [...services].flatMap(({ client, language, fields: own }) =>
      client !== null && (language ?? own[fields.language]) !== undefined ? [client] : [],
    ),
  );
}
