import { isPanelError } from '@sluice/panel-http';
import { type ContractCheck, type ContractReport, runCheck } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import { probeProfile, type ProfileCheck } from '../client/probe.js';
import type { AstbillingClient } from '../client/types.js';
import { LINE_REF, USERNAME_REF } from './settings.js';

const STATUS = { fits: 'ok', differs: 'failed', failed: 'failed', skipped: 'skipped' } as const;

/** Reads each resource of the profile, and the line of each service. */
export async function checkContract(
  client: AstbillingClient,
  services: readonly ServiceRecord[],
  { signal, now }: { signal: AbortSignal; now: number },
): Promise<ContractReport> {
  const checks = (await probeProfile(client, { signal, now })).map(toCheck);
  for (const service of services) checks.push(...(await checkMapping(client, service, signal)));
  return { checks, shapes: [] };
}

function toCheck({ resource, operation, outcome, message, absentFields }: ProfileCheck): ContractCheck {
  const absent = absentFields.length === 0 ? '' : `; no record had ${absentFields.join(', ')}`;
  return { name: 'contract', object: `${resource}.${operation}`, status: STATUS[outcome], message: message + absent };
}

async function checkMapping(
  client: AstbillingClient,
  { id, refs, status }: ServiceRecord,
  signal: AbortSignal,
): Promise<ContractCheck[]> {
  if (status === 'terminated' || status === 'vanished') return [];
  const line = refs[LINE_REF];
  const name = refs[USERNAME_REF];
  const check = await runCheck({ name: 'mapping', object: id }, isPanelError, async () => {
    if (line === undefined) {
      return { status: status === 'pending' ? 'skipped' : 'failed', message: `it has no ${LINE_REF}` };
    }
    const found = await client.subscribers.get(line, { tag: id, signal });
    if (found === null) return { status: 'failed', message: `the panel has no line ${line}` };
    const what = `line ${line} ("${found.username}") is ${found.status}`;
    if (name !== undefined && name !== found.username) {
      return { status: 'warning', message: `${what}, but the username of the service is "${name}"` };
    }
    return { status: found.status === 'terminated' ? 'failed' : 'ok', message: what };
  });
  return [check];
}
