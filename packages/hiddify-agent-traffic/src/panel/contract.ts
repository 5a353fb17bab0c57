import { isPanelError } from '@sluice/panel-http';
import { type ContractReport, toItemError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import { USER_REF } from '../account/user-actions.js';
import type { HiddifyClient } from '../client/types.js';
import { isAgentTrafficError } from '../errors.js';

type Check = ContractReport['checks'][number];

/** Reads each endpoint once and reports what could be parsed, and whether each service's user exists. */
export async function checkContract(
  client: HiddifyClient,
  services: ServiceRecord[],
  signal: AbortSignal,
): Promise<ContractReport> {
  const checks: Check[] = [];
  const check = async (endpoint: string, read: () => Promise<string>): Promise<void> => {
    const name = `contract ${endpoint}`;
    try {
      checks.push({ name, object: client.panel, status: 'ok', message: await read() });
    } catch (error) {
      if (!isPanelError(error) && !isAgentTrafficError(error)) throw error;
      const { code, message } = toItemError(error);
      checks.push({ name, object: client.panel, status: 'failed', message: `${code}: ${message}` });
    }
  };
  await check('GET /api/v2/admin/me/', async () => {
    const { access, role, version, warnings } = await client.probe({ signal });
    return [`${access}, ${role}, version ${version ?? 'unknown'}`, ...warnings].join('; ');
  });
  await check('GET /api/v2/admin/admin_user/', async () => {
    const { admins, unreadable } = await client.admins.list({ signal });
    const agents = admins.filter(({ role }) => role === 'agent').length;
    return `${admins.length} accounts, ${agents} agents, ${unreadable} unreadable`;
  });
  const known = new Set<string>();
  await check('GET /api/v2/admin/user/', async () => {
    const { users, unreadable, bytes } = await client.users.list({ signal });
    for (const { uuid } of users) if (uuid !== null) known.add(uuid);
    return `${users.length} users in ${bytes} bytes, ${unreadable} unreadable`;
  });
  await check('GET /api/v2/admin/server_status/', async () => {
    const { users, usage } = await client.serverStatus({ signal });
    return `${users} users, ${usage.total} bytes in all`;
  });
  for (const { id, refs, status } of services)
    checks.push(await checkMapping(client, known, { id, refs, status }, signal));
  return { checks, shapes: [] };
}

async function checkMapping(
  client: HiddifyClient,
  known: ReadonlySet<string>,
  { id, refs, status }: Pick<ServiceRecord, 'id' | 'refs' | 'status'>,
  signal: AbortSignal,
): Promise<Check> {
  const name = 'mapping';
  const uuid = refs[USER_REF];
  if (uuid === undefined) {
    const isExpected = status === 'pending' || status === 'terminated';
    return { name, object: id, status: isExpected ? 'skipped' : 'failed', message: `it has no ${USER_REF}` };
  }
  if (known.has(uuid)) return { name, object: id, status: 'ok', message: 'its user is in the list' };
  try {
    const user = await client.users.get(uuid, { tag: id, signal });
    return user === null
      ? { name, object: id, status: 'failed', message: 'the panel has no such user' }
      : { name, object: id, status: 'warning', message: "its user exists, but is not in the panel's list" };
  } catch (error) {
    const { code, message } = toItemError(error);
    return { name, object: id, status: 'failed', message: `${code}: ${message}` };
  }
}
