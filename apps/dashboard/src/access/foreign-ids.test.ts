import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type DashboardBench, startBench } from '../test/dashboard-bench.js';

let at: DashboardBench;
beforeAll(async () => {
  at = await startBench();
  await at.addService(1, '42');
  await at.addService(2, '43');
});
afterAll(() => at.close());

it('answers a client about the service of another as about one that does not exist, and names none', async () => {
  const own = await at.token('client:42');
  for (const path of ['/packages?service=', '/usage?service=']) {
    const read = async (id: string) => {
      const { status, json } = await at.call(`GET ${path}${id}`, { token: own });
      return [status, JSON.stringify(json).replaceAll(id, 'ID')];
    };
    const [foreign, unknown] = [await read('svc-2'), await read('zzz-and-more')];
    expect([path, ...unknown]).toEqual([path, ...foreign]);
    expect(JSON.stringify(unknown)).not.toContain('svc-2');
  }
});

it('names the nearest service to an operator', async () => {
  const { json } = await at.call('GET /packages?service=svc-9');
  expect(json).toMatchObject({ error: { message: 'There is no service "svc-9"; did you mean "svc-1"?' } });
});

it('names no other client to one that nothing is stored of', async () => {
  const own = await at.token('client:9999-new');
  const { status, json } = await at.call('GET /clients/9999-new/credit', { token: own });
  expect([status, /\b4[23]\b/.exec(JSON.stringify(json))?.[0]]).toEqual([404, undefined]);
});
