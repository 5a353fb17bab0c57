import { sql } from 'kysely';
import { toAgentSubject } from '@sluice/quota-core';

/** Condition for rows of services: the subject of an agent is never the id of a service. */
export const ofServices = sql<boolean>`"service" not like 'agent:%'`;

/** Condition for rows of the agents of a panel; a range, so that the index on the subject is used. */
export function isAgentOn(panel: string) {
  const first = toAgentSubject(panel, '');
  return sql<boolean>`"service" >= ${first} and "service" < ${`${first.slice(0, -1)};`}`;
}
