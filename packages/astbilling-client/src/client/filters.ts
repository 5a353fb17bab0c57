import type { ResourceName } from '../profile/schema.js';
import type { CanonicalRecord } from '../wire/codec.js';
import type { Connection } from './connection.js';

/** Divides filters into those that the system applies and those that are applied here, with a warning. */
export function splitFilters(
  connection: Connection,
  { resource, name }: { resource: ResourceName; name: string },
  filters: CanonicalRecord,
): { sent: CanonicalRecord; local: CanonicalRecord } {
  const names = connection.profile.resources[resource]?.filters ?? {};
  const codec = connection.writer.codec(resource);
  const sent: CanonicalRecord = {};
  const local: CanonicalRecord = {};
  for (const [field, value] of Object.entries(filters)) {
    const remote = Object.hasOwn(names, field) && codec.hasValue(field, String(value));
    if (!remote && !(codec.knows(field) && codec.has(field))) {
      throw connection.unsupported(resource, name, `the system has no ${field}, so that it can't be a filter`);
    }
    (remote ? sent : local)[field] = value;
  }
  const missing = Object.keys(local);
  if (missing.length > 0) {
    connection.warn(
      `Panel "${connection.panel}" has no filter for ${missing.join(', ')} in ${resource}: the whole list is read and filtered here.`,
    );
  }
  return { sent, local };
}
