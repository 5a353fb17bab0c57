import { expect, it } from '@jest/globals';
import { toIds } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { useBench } from '../bench/each-test.js';
import { startSelling } from '../holds/selling.js';

const at = useBench(startSelling);

const readBoth = async () => {
  const { usage } = at.sluice;
  const [stored] = (await usage.read({ service: 'svc-1' })).services;
  const [fresh] = (await usage.read({ service: 'svc-1', refresh: true })).services;
  return { stored, fresh };
};

it('a new reading shows the hold that has ended while its restriction is still on the panel', async () => {
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  await at.sluice.holds.release('svc-1', { until: '2026-12-01' });
  at.panel.server.clearFaults();
  at.bench.clock.advance(HOUR);
  expect(at.panel.port(toIds(1).port(1)).adminState).toBe('down');
  const { stored, fresh } = await readBoth();
  const shown = { status: 'held', holds: [{ reason: 'quota', releasing: true }], wouldHold: [] };
  expect(stored).toMatchObject(shown);
  expect(fresh).toMatchObject({ ...shown, error: null });
});

it('a new reading shows that a part of a hold is not on the panel yet', async () => {
  await at.addService(2);
  at.panel.addTraffic(toIds(2).service, { in: 150 * GB, out: 0 });
  at.panel.setDefect(toIds(2).port(2), 'refuse');
  await at.pollAfter(HOUR);
  const { usage } = at.sluice;
  const [fresh] = (await usage.read({ service: 'svc-2', refresh: true })).services;
  expect(fresh).toMatchObject({ holds: [{ reason: 'quota', partly: true }] });
});

it('a new reading is of the last run no more, and of nothing that a protection withholds', async () => {
  await at.sluice.services.set('svc-1', { protected_until: '2026-12-01' });
  await at.pollAfter(HOUR);
  at.panel.server.inject({ endpoint: /bandwidth/, fault: { kind: 'status', status: 500 } });
  await at.pollAfter(HOUR);
  at.panel.server.clearFaults();
  at.use(1, 10);
  const { stored, fresh } = await readBoth();
  expect(stored).toMatchObject({ status: 'unreadable', unread: true, usage: { totalBytes: 150 * GB } });
  expect(fresh).toMatchObject({ status: 'over', wouldHold: [], usage: { totalBytes: 160 * GB }, error: null });
  expect(fresh).not.toHaveProperty('unread');
});

it('a client reads no message of the panel in a new reading', async () => {
  at.panel.server.inject({ endpoint: /bandwidth/, fault: { kind: 'status', status: 500 } });
  const [fresh] = (await at.sluice.usage.read({ service: 'svc-1', client: 'c-1', reader: 'c-1', refresh: true }))
    .services;
  expect(fresh?.error?.message).toBe('This could not be done; the operator of the service sees why');
});
