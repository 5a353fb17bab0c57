import { beforeEach, describe, expect, it } from '@jest/globals';
import { keepMessages, TO_CLIENTS } from '../bench/client-channel.js';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { HOUR } from '../bench/engine-bench.js';

const { order, port } = toIds(1);
const channel = keepMessages();
const POLL = `poll: { overdue: hold, doubt: { jump: off } }\n${TO_CLIENTS}`;

const at = useBench(() => startEasyDcimBench(POLL, { channels: [channel.kind] }));

/** A quota hold whose port was shut with a lost answer, on a panel that shows no states of ports. */
beforeEach(async () => {
  at.panel.answers.ports.style = 'stateless';
  at.panel.answers.adminPorts.style = 'stateless';
  await at.addService(1, { ports: [{ id: port(1), name: 'eth0' }] });
  await at.sluice.services.set('svc-1', { client: '7' });
  at.use(1, 200);
  const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith('/disable');
  at.panel.server.inject({ match, times: 1, when: 'after', fault: { kind: 'cut' } });
  await at.poll();
  expect([await unresolved(), at.panel.port(port(1)).adminState]).toEqual([['disable-port'], 'down']);
});

const unresolved = async (): Promise<string[]> => (await at.bench.store.actions.unresolved()).map(({ type }) => type);
const lift = () => at.bench.sluice.overrides.set('svc-1', { unlimited: true });
const told = async (): Promise<string[]> =>
  (await at.bench.store.notices.list({ service: 'svc-1' }))
    .map(({ code }) => code)
    .filter((code) => code !== 'threshold');

/** Lets the outcome of what is in doubt be known, and polls until nothing is left. */
async function resolve(): Promise<void> {
  const [row] = await at.bench.store.actions.unresolved();
  await at.sluice.log.resolve(row?.id ?? '', { done: true });
  await at.pollAfter(HOUR);
  at.bench.clock.advance(HOUR);
  await at.poll();
}

it('an ended hold whose call is in doubt is held and to be released on all surfaces', async () => {
  await lift();
  const { totals } = await at.pollAfter(HOUR);
  const mark = { reason: 'quota', releasing: true };
  const [listed] = (await at.sluice.services.list({})).services;
  const { holds } = await at.sluice.holds.list({ open: true });
  const explained = await at.sluice.explain('svc-1');
  const overview = await at.sluice.overview();
  expect([totals.held, totals.released, overview.totals.held, overview.totals.byReason]).toEqual([
    1,
    0,
    1,
    { quota: 1 },
  ]);
  expect(listed).toMatchObject({ status: 'held', holds: [mark] });
  expect(await at.sluice.services.show('svc-1')).toMatchObject({ status: 'held', holds: [mark] });
  expect(holds).toMatchObject([{ service: 'svc-1', ...mark }]);
  expect(explained).toMatchObject({ service: { holds: [mark] }, holds: [mark] });
  expect(overview.services.items).toMatchObject([{ status: 'held', holds: ['quota'], releasing: ['quota'] }]);
  expect(overview.holds).toMatchObject([{ service: 'svc-1', ...mark }]);
  const { metrics } = await at.sluice.metrics();
  expect(metrics.find(({ name }) => name === 'sluice_holds')?.samples).toContainEqual({
    labels: { panel: 'dcim', reason: 'quota' },
    value: 1,
  });
});

describe.each(['suspension', 'quota'])('of two holds whose %s ends first', (first) => {
  it('tells nobody of a release before the last of them is known to be undone', async () => {
    await at.sluice.services.set('svc-1', { next_due_date: '2026-11-19' });
    await at.pollAfter(HOUR);
    const pay = () => at.sluice.services.set('svc-1', { next_due_date: '2026-12-20' });
    for (const end of first === 'quota' ? [lift, pay] : [pay, lift]) {
      await end();
      await at.pollAfter(HOUR);
    }
    expect(at.panel.order(order).status).toBe('active');
    expect(await told()).not.toContain('release');
    expect(channel.sent.filter(({ text }) => text.includes('no longer restricted'))).toEqual([]);
    await resolve();
    expect([(await told()).filter((code) => code === 'release'), at.panel.port(port(1)).adminState]).toEqual([
      ['release'],
      'up',
    ]);
  });
});

it('a release by a command is not finished while the call is in doubt, and is told later', async () => {
  const report = await at.sluice.holds.release('svc-1', { until: '2026-12-01' });
  expect([report.run.outcome, report.stillHeld]).toEqual(['partial', ['quota']]);
  expect(await told()).not.toContain('release');
  await resolve();
  expect((await told()).filter((code) => code === 'release')).toEqual(['release']);
});
