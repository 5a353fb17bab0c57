import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandReport } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { HOUR, MINUTE } from '../bench/engine-bench.js';

const { port } = toIds(1);

const at = useBench(startEasyDcimBench);
beforeEach(async () => {
  await at.addService(1, { ports: [{ id: port(1), name: 'eth0' }] });
  at.use(1, 200);
});

const changing = (): string[] =>
  at.panel.server.changingCalls().map((call) => call.path.split('/').slice(-2).join(' ').replace('service ', ''));

async function poll() {
  const { run, services } = await at.poll();
  return { outcome: run.outcome, service: services[0]! };
}

describe('a change that was called by a clock that was set back since', () => {
  it('counts as one whose grace is over where the panel accepted it and shows nothing', async () => {
    at.panel.answers.ports.style = 'stateless';
    at.panel.answers.adminPorts.style = 'stateless';
    at.skew.ms = 25 * MINUTE;
    expect((await poll()).service.actions).toMatchObject([{ type: 'disable-port', state: 'in-doubt' }]);
    at.skew.ms = 0;
    expect(await poll()).toMatchObject({ outcome: 'done', service: { status: 'held', error: null } });
    expect(changing()).toEqual([`${port(1)} disable`]);
    await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
    expect((await poll()).service.actions).toMatchObject([{ type: 'enable-port' }]);
  });

  it('counts as just made where the clock was set back by less than some minutes', async () => {
    at.panel.answers.ports.style = 'stateless';
    at.panel.answers.adminPorts.style = 'stateless';
    at.skew.ms = 3 * MINUTE;
    await poll();
    at.skew.ms = 0;
    expect((await poll()).service.error?.code).toBe('outcome_unknown');
    at.bench.clock.advance(17 * MINUTE);
    expect((await poll()).service.error?.code).toBe('outcome_unknown');
    at.bench.clock.advance(MINUTE);
    expect(await poll()).toMatchObject({ outcome: 'done', service: { error: null } });
  });

  const suspend = async (): Promise<CommandReport> => at.bench.sluice.provision.suspend('svc-1');
  function loseCall(): void {
    const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith('/suspend');
    at.panel.server.inject({ match, times: 1, fault: { kind: 'cut' } });
  }

  it('is not repeated at once where its answer was lost a moment ago', async () => {
    loseCall();
    at.skew.ms = 2 * MINUTE;
    expect((await suspend()).actions).toMatchObject([{ type: 'suspend-order', state: 'in-doubt' }]);
    at.skew.ms = 0;
    expect((await suspend()).service.error?.code).toBe('outcome_unknown');
    expect(changing()).toHaveLength(1);
    at.bench.clock.advance(18 * MINUTE);
    expect((await suspend()).actions).toMatchObject([{ type: 'suspend-order', state: 'applied' }]);
  });

  it('is repeated where its answer was lost at a time that is far ahead', async () => {
    loseCall();
    at.skew.ms = 30 * 24 * HOUR;
    expect((await suspend()).actions).toMatchObject([{ type: 'suspend-order', state: 'in-doubt' }]);
    at.skew.ms = 0;
    expect((await suspend()).actions).toMatchObject([{ type: 'suspend-order', state: 'applied' }]);
    expect(at.panel.order(901).status).toBe('suspended');
  });
});
