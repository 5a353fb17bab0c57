import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunOptions } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const { port } = toIds(1);
const UPLINK = 88;

const at = useBench(startEasyDcimBench);
beforeEach(async () => {
  await at.addService(1, { ports: [{ id: port(1), name: 'eth0' }] });
  at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
});

interface Row {
  id: number;
  item_id: number;
}

/** The panel lists these rows besides those of the service. */
function listAlso(more: (row: Row) => object[]): void {
  const change = (json: unknown): unknown => {
    const rows = (json as { data: Row[] }).data.flatMap((row) => [row, ...more(row)]);
    return { data: rows, total: rows.length };
  };
  const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith('/services/{id}/ports');
  at.panel.server.inject({ match, fault: { kind: 'mutate', change } });
}

async function poll(options?: RunOptions): Promise<string> {
  return (await at.pollAfter(HOUR, options)).run.outcome;
}

const changing = (): string[] => at.panel.server.changingCalls().map(({ path }) => path.replace(/.*ports\//, ''));

describe('a list of ports', () => {
  it('may have a port twice', async () => {
    listAlso((row) => [row]);
    expect(await poll()).toBe('done');
    await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
    expect(await poll()).toBe('done');
    expect(changing()).toEqual([`${port(1)}/disable`, `${port(1)}/enable`]);
  });

  it('may have the uplink of a switch, which is never switched and shared by nobody', async () => {
    at.panel.addService({
      ...{ id: 900, orderId: 990, serverId: 77, user: 90 },
      ports: [{ id: UPLINK, name: 'Te1/1' }],
    });
    await at.addService(2, { ports: [{ id: toIds(2).port(1), name: 'eth0' }] });
    listAlso(() => [{ id: UPLINK, name: 'Te1/1', admin_state: 'up', oper_state: 'up', item_id: 77 }]);
    expect(await poll({ allowMass: true })).toBe('done');
    expect(changing()).toEqual([`${port(1)}/disable`]);
    expect(at.panel.port(UPLINK).adminState).toBe('up');
  });

  it('may leave out the device of a port, which the port itself names', async () => {
    at.panel.answers.ports.style = 'stateless';
    at.panel.addService({ id: 900, orderId: 990, serverId: 77, user: 90, ports: [{ id: UPLINK, name: 'eth5' }] });
    listAlso(() => [{ id: UPLINK, name: 'eth5' }]);
    expect(await poll()).toBe('done');
    expect(changing()).toEqual([`${port(1)}/disable`]);
  });
});
