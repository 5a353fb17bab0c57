import { isPanelError } from '@sluice/panel-http';
import { type ContractCheck, type ContractReport, describeBytes, type PanelEntry, runCheck } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import type { HiddifyUser, HiddifyUserList } from '../client/records.js';
import type { HiddifyClient } from '../client/types.js';
import { isAgentTrafficError } from '../errors.js';
import { USER_REF } from './settings.js';

const isExpected = (error: unknown): boolean => isPanelError(error) || isAgentTrafficError(error);

/** Reads each endpoint once and reports what was understood of it, and what each service is mapped to. */
export async function checkContract(
  client: HiddifyClient,
  services: readonly ServiceRecord[],
  { toEntries, signal }: { toEntries: (list: HiddifyUserList) => PanelEntry[]; signal: AbortSignal },
): Promise<ContractReport> {
  const checks: ContractCheck[] = [];
  const read = async (endpoint: string, describe: () => Promise<string>): Promise<void> => {
    const check = await runCheck({ name: 'contract', object: endpoint }, isExpected, async () => ({
      status: 'ok',
      message: await describe(),
    }));
    checks.push(check);
  };
  await read('GET /api/v2/admin/me/', async () => {
    const { access, role, version } = await client.probe({ signal });
    return `${access}, ${role}, version ${version ?? 'unknown'}`;
  });
  await read('GET /api/v2/admin/admin_user/', async () => {
    const { admins, unreadable } = await client.admins.list({ signal });
    const agents = admins.filter(({ role }) => role === 'agent').length;
    return `${admins.length} account${admins.length === 1 ? '' : 's'}, ${agents} agent${agents === 1 ? '' : 's'}, ${unreadable} unreadable`;
  });
  const known = new Map<string, HiddifyUser>();
  let entries: PanelEntry[] | null = null;
  await read('GET /api/v2/admin/user/', async () => {
    const list = await client.users.list({ signal });
    const { users, unreadable, bytes } = list;
    if (unreadable === 0) entries = toEntries(list);
    for (const user of users) if (user.uuid !== null) known.set(user.uuid, user);
    return `${users.length} users, ${unreadable} unreadable; the list has ${describeBytes(bytes)}`;
  });
  await read('GET /api/v2/admin/server_status/', async () => {
    const { users, usage } = await client.serverStatus({ signal });
    return `${users} users, ${describeBytes(usage.total)} used in all`;
  });
  for (const service of services) checks.push(...(await checkMapping(client, known, service, signal)));
  return { checks, shapes: [], entries };
}

async function checkMapping(
  client: HiddifyClient,
  known: ReadonlyMap<string, HiddifyUser>,
  { id, refs, status }: ServiceRecord,
  signal: AbortSignal,
): Promise<ContractCheck[]> {
  if (status === 'terminated' || status === 'vanished') return [];
  const uuid = refs[USER_REF];
  const check = await runCheck({ name: 'mapping', object: id }, isExpected, async () => {
    if (uuid === undefined)
      return { status: status === 'pending' ? 'skipped' : 'failed', message: `it has no ${USER_REF}` };
    const listed = known.get(uuid);
    if (listed !== undefined) return { status: 'ok', message: describeUser(listed) };
    const user = await client.users.get(uuid, { tag: id, signal });
    return user === null
      ? { status: 'failed', message: `the panel has no user ${uuid}` }
      : { status: 'warning', message: `${describeUser(user)}; it is not in the panel's list` };
  });
  return [check];
}

function describeUser({ name, usedBytes, limitBytes }: HiddifyUser): string {
  return `user "${name}": ${describeBytes(usedBytes)} used of ${describeBytes(limitBytes)}`;
}
