import { expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { intercept } from '../bench/intercept.js';
import { pollLater } from '../loop/polls.js';

const PRODUCTS = `  away: { panel: relay, quota: { total: 100GB }, action: redirect, flvx: { tunnelIds: [1, 2] } }
  small: { panel: relay, quota: { total: 100GB }, flvx: { tunnelIds: [1, 2] } }
  slow:`;

const at = useFlvxBench();

/** Polls, and loses the panel for good at the n-th call of an endpoint; a process that is killed stores nothing from then on. */
async function pollUntil(how: 'killed' | 'cut off', endpoint: RegExp, nth: number, when: 'before' | 'after') {
  let [calls, isOver] = [0, false];
  const { server } = at.panel;
  const isLast = (call: { endpoint: string }): boolean => !isOver && endpoint.test(call.endpoint) && ++calls === nth;
  server.inject({ match: (call) => isLast(call) && (isOver = true), when, times: 1, fault: { kind: 'cut' } });
  server.inject({ match: () => isOver, when: 'before', fault: { kind: 'cut' } });
  // The panel notes an instant of its own for each change.
  const off = server.onCall(() => {
    if (!isOver) at.bench.clock.advance(40);
  });
  const isDead = (): boolean => isOver && how === 'killed';
  const store = intercept(at.bench.store, () => (isDead() ? Promise.reject(new Error('killed')) : null));
  await (await at.bench.restart({ store })).poll().catch(() => null);
  off();
  server.clearFaults();
  await at.bench.restart();
  expect(isOver).toBe(true);
}

it.each(
  few(
    [
      ['killed', 'away', /forward\/update$/, 1, 'after', 2],
      ['killed', 'away', /forward\/update$/, 2, 'before', 2],
      ['killed', 'away', /forward\/update$/, 2, 'after', 3],
      ['killed', 'away', /forward\/update$/, 3, 'before', 3],
      ['killed', 'small', /forward\/pause$/, 1, 'after', 2],
      ['killed', 'small', /forward\/pause$/, 2, 'before', 2],
      ['killed', 'small', /forward\/pause$/, 2, 'after', 3],
      ['cut off', 'away', /forward\/update$/, 2, 'after', 3],
      ['cut off', 'small', /forward\/pause$/, 2, 'before', 2],
    ] as const,
    4,
  ),
)(
  'what the quota stopped runs again after a poll that was %s within its own steps (%s, %p %p %s, of %p forwards)',
  async (how, product, endpoint, nth, when, count) => {
    await at.bench.edit('  slow:', PRODUCTS);
    const user = await at.create(1, { product });
    const remoteAddr = '198.51.100.7:443';
    const tunnels = [at.tunnels.hk, at.tunnels.jp, at.tunnels.hk].slice(0, count);
    const ids = tunnels.map((tunnel, index) => at.panel.addForward(user, tunnel, { name: `f${index}`, remoteAddr }));
    await pollLater(at);
    at.bench.clock.advance(2 * MINUTE);
    for (const id of ids.slice(0, 2)) at.panel.traffic(id, { in: 51 * GB, out: 0 });
    at.bench.clock.advance(8 * MINUTE);
    await pollUntil(how, endpoint, nth, when);
    for (let round = 0; round < 2; round++) await pollLater(at);
    expect(ids.filter((id) => at.panel.isRunning(id))).toEqual([]);
    await at.sluice.overrides.set('svc-1', { quota: '900GB' });
    for (let round = 0; round < 3; round++) await pollLater(at);
    expect(ids.filter((id) => !at.panel.isRunning(id))).toEqual([]);
  },
);
