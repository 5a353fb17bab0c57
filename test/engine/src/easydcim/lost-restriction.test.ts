import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';
import { addSharer, startSharing } from './sharers.js';

const at = useBench(startSharing);

const set = (values: Record<string, string>) => at.sluice.services.set('a', values, { allowDuplicateRefs: true });

/** Returns the marks of the service's holds after a poll, as the service and the list of holds show them. */
async function pollMarks(): Promise<unknown[]> {
  await at.pollAfter(HOUR);
  const { holds } = await at.sluice.services.show('a');
  const { holds: listed } = await at.sluice.holds.list({ service: 'a' });
  return [holds, listed].map((rows) => rows.map(({ reason, restricting, partly }) => [reason, restricting, partly]));
}

const twice = (...rows: unknown[]): unknown[] => [rows, rows];
const done = [undefined, undefined];

describe('a hold whose restriction was undone while the one that it needs could not be made', () => {
  it('is marked as to be restricted, until the new restriction is made', async () => {
    await addSharer(at, { id: 'a', number: 501, ports: [7001], product: 'ordered', order: 901 });
    at.use(1, 120);
    expect(await pollMarks()).toEqual(twice(['quota', ...done]));
    await set({ easydcim_order_id: '999' });
    expect(await pollMarks()).toEqual(twice(['quota', true, undefined]));
    expect(await pollMarks()).toEqual(twice(['quota', true, undefined]));
    expect(at.panel.order(901).status).toBe('active');
    await set({ easydcim_order_id: '901' });
    expect(await pollMarks()).toEqual(twice(['quota', ...done]));
  });

  it('is marked where a service without a hold got its ports', async () => {
    await addSharer(at, { id: 'a', number: 501, server: 77, ports: [7001] });
    at.use(1, 120);
    await set({ status: 'suspended' });
    expect(await pollMarks()).toEqual(twice(['quota', ...done], ['billing', ...done]));
    await addSharer(at, { id: 'b', number: 502, server: 77, ports: [7001] });
    expect(await pollMarks()).toEqual(twice(['quota', true, undefined], ['billing', true, undefined]));
  });

  it('is marked in part while another of its ports stays disabled', async () => {
    await addSharer(at, { id: 'a', number: 501, ports: [7001, 7002] });
    at.use(1, 120);
    await pollMarks();
    await addSharer(at, { id: 'b', number: 502, server: 501, ports: [7001] });
    expect(await pollMarks()).toEqual(twice(['quota', undefined, true]));
  });
});
