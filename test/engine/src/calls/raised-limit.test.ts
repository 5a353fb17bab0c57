import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { call } from './telephony-panel.js';
import { openWorld, type World } from './world.js';

const SPEND = { id: 'spend', window: 'month', allowance: '20.00', action: 'suspend' };

let world: World;
beforeEach(async () => {
  world = await openWorld('ledger', { limits: [SPEND], timeZone: 'America/Sao_Paulo' });
});
afterEach(() => world.close());

async function pollAt(instant: string): Promise<RunReport> {
  world.clock.set(Date.parse(instant));
  return world.sluice.poll();
}
const toReasons = ({ services: [service] }: RunReport): unknown => service?.holds.map(({ reason }) => reason);

/** Held at 20 of 20, then raised to 50. */
async function raise(): Promise<void> {
  world.exchange.calls = [call('2026-11-05T08:00:00-03:00', '20')];
  expect(toReasons(await pollAt('2026-11-05T12:00:00Z'))).toEqual(['spend']);
  await world.bench.edit('"allowance":"20.00"', '"allowance":"50.00"');
}

describe('a raised limit in money', () => {
  it('releases the line with the first poll', async () => {
    await raise();
    expect(toReasons(await pollAt('2026-11-05T12:15:00Z'))).toEqual([]);
  });

  it('releases the line although the first poll after the raise could not read the calls', async () => {
    await raise();
    world.exchange.failure = new Error('down');
    expect(toReasons(await pollAt('2026-11-05T12:15:00Z'))).toEqual(['spend']);
    world.exchange.failure = null;
    expect([toReasons(await pollAt('2026-11-05T12:30:00Z')), world.exchange.subscriber.status]).toEqual([[], 'active']);
  });

  it('releases the line although a call had no charge yet at the first poll after the raise', async () => {
    await raise();
    world.exchange.calls.push(call('2026-11-05T08:30:00-03:00', null));
    expect(toReasons(await pollAt('2026-11-05T12:15:00Z'))).toEqual(['spend']);
    world.exchange.calls.pop();
    world.exchange.calls.push(call('2026-11-05T08:30:00-03:00', '0.10'));
    expect([toReasons(await pollAt('2026-11-05T12:30:00Z')), world.exchange.subscriber.status]).toEqual([[], 'active']);
  });

  it('releases the line once the panel is enforced again', async () => {
    await raise();
    await world.sluice.panels.observe('tel');
    await pollAt('2026-11-05T12:15:00Z');
    await world.sluice.panels.enforce('tel');
    expect([toReasons(await pollAt('2026-11-05T12:30:00Z')), world.exchange.subscriber.status]).toEqual([[], 'active']);
  });
});
