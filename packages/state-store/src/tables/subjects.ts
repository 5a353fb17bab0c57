import { type RawBuilder, sql } from 'kysely';
import { toAgentSubject } from '@sluice/quota-core';
import { listed } from './chunks.js';

/** Condition for rows of services: the subject of an agent is never the id of a service. */
export const ofServices = sql<boolean>`"service" not like 'agent:%'`;

/** Condition for rows of the agents of a panel, of these subjects, or of all services. */
export function ofSubjects(agentsOf: string | undefined, subjects: readonly string[] | undefined): RawBuilder<boolean> {
  if (agentsOf === undefined) return subjects === undefined ? ofServices : sql`"service" in ${listed(subjects)}`;
  // A range, so that the index on the subject is used.
  const first = toAgentSubject(agentsOf, '');
  return sql`"service" >= ${first} and "service" < ${`${first.slice(0, -1)};`}`;
}
