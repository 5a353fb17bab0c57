// example
import { createEasyDcimClient, type EasyDcimClient } from '../index.js';

/** Switches off the ports of a service that carry traffic, and says which were switched off by this call. */
export async function shutPorts(panel: EasyDcimClient, serviceId: string): Promise<string[]> {
  const shut: string[] = [];
  for await (const port of panel.ports.list(serviceId)) {
    if (port.management || port.adminEnabled !== true) continue;
    await panel.ports.disable(port.id, { tag: serviceId });
    const after = await panel.ports.get(port.id);
    if (after.adminEnabled === false) shut.push(port.id);
  }
  return shut;
}

export async function main(baseUrl: string, token: string): Promise<void> {
  const panel = createEasyDcimClient({
    panel: 'dcim1',
    baseUrl,
    allowHttp: true,
    token,
    timeZone: 'Europe/Berlin',
    impersonate: '17',
  });
  const usage = await panel.bandwidth('501', {
    start: '2026-10-14T22:00:00.000Z',
    end: '2026-11-01T12:00:00.000Z',
  });
  if (usage.totalBytes !== null && usage.totalBytes >= 400 * 1024 ** 3) {
    console.log(`switched off: ${(await shutPorts(panel, '501')).join(', ')}`);
  }
  panel.close();
}
// end of example
