import { isPanelError, systemClock } from '@sluice/panel-http';
import type { ResourceName } from '../profile/schema.js';
import type { AstbillingCallOptions, AstbillingClient, Reads } from './types.js';

/** What one check of a profile against a running system found. */
export interface ProfileCheck {
  resource: ResourceName;
  operation: string;
  /** `skipped`: the profile lacks the operation, or there was no record to try it with. */
  outcome: 'fits' | 'differs' | 'failed' | 'skipped';
  /** A sentence: how many records fitted, or what came instead. */
  message: string;
  /** Paths of the profile that do not fit the answers. */
  paths: string[];
  /** Fields that the profile maps to wire names that no record had. */
  absentFields: string[];
}

const LISTED: readonly (ResourceName & keyof AstbillingClient)[] = [
  ...(['subscribers', 'dids', 'customers', 'plans', 'carriers', 'countries', 'trunks', 'routes', 'rates'] as const),
];

const DAY = 86_400_000;

/**
 * Checks a profile against its system with reads only: the token, one page of each resource, one record of each, and the calls of the
 * last day. Rejects only when it is cancelled.
 *
 * @example
 * ```ts
 * const checks = await probeProfile(client);
 * const wrong = checks.filter(({ outcome }) => outcome === 'differs').flatMap(({ paths }) => paths);
 * ```
 */
export async function probeProfile(
  client: AstbillingClient,
  options: AstbillingCallOptions & { now?: number } = {},
): Promise<ProfileCheck[]> {
  const { now = systemClock.now(), ...call } = options;
  const checks = [
    await check(client, { resource: 'auth', operation: 'verify' }, async () => {
      const { valid } = await client.auth.verify(call);
      return { message: valid ? 'the token is valid' : 'the system says that the token is not valid' };
    }),
  ];
  for (const resource of LISTED) checks.push(...(await checkResource(client, resource, call)));
  const range = { from: new Date(now - DAY).toISOString(), to: new Date(now).toISOString() };
  checks.push(
    await check(client, { resource: 'cdrs', operation: 'list' }, async () => {
      const { rows, absentFields } = await client.sample('cdrs', { ...call, range });
      return { message: `${rows} calls of the last day fit`, absentFields };
    }),
  );
  return checks;
}

async function checkResource(
  client: AstbillingClient,
  resource: ResourceName & keyof AstbillingClient,
  call: AstbillingCallOptions,
): Promise<ProfileCheck[]> {
  let id: string | null = null;
  const listed = await check(client, { resource, operation: 'list' }, async () => {
    const { rows, firstId, absentFields } = await client.sample(resource, call);
    id = firstId;
    return { message: `${rows} records fit`, absentFields };
  });
  const first = id as string | null;
  const got = await check(
    client,
    { resource, operation: 'get' },
    first === null
      ? null
      : async () => {
          await (client[resource] as Reads<unknown>).get(first, call);
          return { message: 'one record fits' };
        },
  );
  return [listed, got];
}

async function check(
  client: AstbillingClient,
  { resource, operation }: { resource: ResourceName; operation: 'verify' | 'list' | 'get' },
  run: (() => Promise<{ message: string; absentFields?: string[] }>) | null,
): Promise<ProfileCheck> {
  const result = (outcome: ProfileCheck['outcome'], message: string, paths: string[] = []): ProfileCheck => ({
    ...{ resource, operation, outcome, message, paths },
    absentFields: [],
  });
  if (!client.supports(resource, operation)) return result('skipped', 'the profile has no such operation');
  if (run === null) return result('skipped', 'there is no record to try it with');
  try {
    const { message, absentFields = [] } = await run();
    return { ...result('fits', message), absentFields };
  } catch (error) {
    if (!isPanelError(error)) throw error;
    const { code, fields = [], message } = error;
    const paths = code === 'PANEL_UNREADABLE' ? fields.map(({ path }) => path) : [];
    return result(code === 'PANEL_UNREADABLE' ? 'differs' : 'failed', message, paths);
  }
}
