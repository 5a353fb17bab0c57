import { sql } from 'kysely';
import { toAgentSubject } from '@sluice/quota-core';

/** Rows of services: those of agents have a subject that no service's id can be. */
export const ofServices = sql<boolean>`"service" not like 'agent:%'`;

/** Rows of the agents of a panel; a range, so that the index on the subject is used. */
export function isAgentOn(panel: string) {
  const first = toAgentSubject(panel, '');
  return sql<boolean>`"service" >= ${first} and "service" < ${`${first.slice(0, -1)};`}`;
}
