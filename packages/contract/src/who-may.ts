import type { Callers, Need } from './callers.js';
import { USE_CASES, type UseCase } from './use-cases/index.js';

/** What somebody holds. */
export interface Holder {
  /** The only client whose services it reaches; null for all. */
  client: string | null;
  /** Uuid of the only agent that it reaches, with the users below it; null or absent for all. It has no needs. */
  agent?: string | null;
  needs: readonly Need[];
}

/** Returns who may do something. */
export function whoMay(useCase: UseCase): Callers {
  return USE_CASES[useCase].callers;
}

/** Returns whether a use case needs no more than the scope `read`. */
export function onlyReads(useCase: UseCase): boolean {
  return whoMay(useCase).provider.includes('read');
}

/** Returns whether somebody may do something; for a client, about its own and with some field of the product. */
export function may({ client, agent = null, needs }: Holder, useCase: UseCase): boolean {
  const { provider, customer, reseller = false } = whoMay(useCase);
  if (agent !== null) return reseller;
  if (client === null) return provider.some((need) => needs.includes(need));
  return customer.some(({ need }) => needs.includes(need));
}

/** What a service's product and panel let its client change. */
export interface CustomerTerms {
  /** Keys of the panel's records; none under `observe`. */
  fields: readonly string[];
  /** Whether its panel can change the password of an account. */
  passwords: boolean;
  /** Whether its panel is only observed, so that nothing that a client asks for changes it. */
  observing: boolean;
}

/** Returns whether somebody may do something about a service, by what its product and panel let clients change. */
export function mayWithFields(
  holder: Holder,
  useCase: UseCase,
  { fields, passwords, observing }: CustomerTerms,
): boolean {
  if (holder.client === null) return may(holder, useCase);
  if (observing && !onlyReads(useCase)) return false;
  if (useCase === 'provision.changePassword' && !passwords) return false;
  return whoMay(useCase).customer.some(
    ({ need, field: changed }) => holder.needs.includes(need) && (changed === undefined || fields.includes(changed)),
  );
}

/** Returns what scopes permit: `operate` is all but making tokens. */
export function needsOfScopes(scopes: readonly string[], client: string | null): Need[] {
  const has = (scope: string): boolean => scopes.includes(scope);
  if (client !== null) return ['read', ...(['buy', 'manage', 'password'] as const).filter(has)];
  return [
    ...(has('read') || has('operate') ? (['read'] as const) : []),
    ...(has('operate') ? (['operate', 'buy', 'manage', 'password'] as const) : []),
    ...(has('tokens') ? (['tokens'] as const) : []),
  ];
}

const OF_AGENT = /^agent:([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i;

/** Returns the uuid of the agent that scopes name; null where they name none. */
export function agentOfScopes(scopes: readonly string[]): string | null {
  const [agent = null] = scopes.flatMap((scope) => OF_AGENT.exec(scope)?.[1]?.toLowerCase() ?? []);
  return agent;
}

/** Returns what the rights of a share link permit. */
export function needsOfLink(rights: { buy: boolean; manage: boolean; changePassword: boolean }): Need[] {
  const { buy, manage, changePassword } = rights;
  return [
    'read',
    ...(buy ? (['buy'] as const) : []),
    ...(manage ? (['manage'] as const) : []),
    ...(changePassword ? (['password'] as const) : []),
  ];
}
