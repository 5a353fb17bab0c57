import { describe, expect, it } from '@jest/globals';
import { DAY } from '../bench/engine-bench.js';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';

const at = useBench(() => startEasyDcimBench());

async function lastPoll(): Promise<(string | undefined)[]> {
  const found = (await at.sluice.panels.doctor({})).checks.find(({ name }) => name === 'last poll');
  return [found?.status, found?.code];
}

describe('the last poll that doctor checks', () => {
  it.each([{ service: 'svc-1' }, { panel: 'dcim' }])('is late whatever a poll of %o did since', async (part) => {
    await at.addService(1);
    await at.addService(2);
    await at.poll();
    at.bench.clock.advance(3 * DAY);
    expect(await lastPoll()).toEqual(['warning', 'poll_late']);
    await at.poll(part);
    expect(await lastPoll()).toEqual(['warning', 'poll_late']);
    const { late } = await at.sluice.overview();
    expect(late).toEqual({ command: 'poll', at: new Date(at.bench.clock.now() - 3 * DAY).toISOString() });
    await at.poll();
    expect([await lastPoll(), (await at.sluice.overview()).late]).toEqual([['ok', undefined], undefined]);
  });

  it('has not failed where a poll of one service has', async () => {
    await at.addService(1);
    await at.addService(2);
    await at.poll();
    at.panel.server.inject({ match: () => true, fault: { kind: 'status', status: 500 } });
    expect((await at.poll({ service: 'svc-1' })).run.outcome).toBe('failed');
    at.panel.server.clearFaults();
    expect(await lastPoll()).toEqual(['ok', undefined]);
  });

  it('is the one before, or none that failed, while another one is at work', async () => {
    await at.addService(1);
    const seen: (string | undefined)[][] = [];
    const look = { kind: 'wait', until: async () => void seen.push(await lastPoll()) } as const;
    const pollWith = async (): Promise<void> => {
      at.panel.server.inject({ match: ({ path }) => path.includes('bandwidth'), times: 1, fault: look });
      await at.poll();
      at.panel.server.clearFaults();
    };
    await pollWith();
    at.bench.clock.advance(3 * DAY);
    await pollWith();
    expect(seen).toEqual([
      ['ok', undefined],
      ['warning', 'poll_late'],
    ]);
    expect(await lastPoll()).toEqual(['ok', undefined]);
  });
});
