import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import type { FakeCall } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { HOUR } from '../bench/engine-bench.js';

const { port, order } = toIds(1);
const PORTS = [{ id: port(1), name: 'eth0' }];

const at = useBench(startEasyDcimBench);
beforeEach(() => {
  at.panel.behaviour.portActions.already = 'refuse';
});

const STORIES = [
  {
    product: 'ports',
    change: /\/disable$/,
    act: () => {
      at.panel.staffDisablePort(port(1));
    },
    isStopped: () => at.panel.port(port(1)).adminState === 'down',
  },
  {
    product: 'order',
    change: /\/service\/suspend$/,
    act: () => {
      at.panel.staffSuspendOrder(order, 'abuse');
    },
    isStopped: () => at.panel.order(order).status === 'suspended',
  },
];

type Story = (typeof STORIES)[number];

/** Makes the service exceed its quota by the next poll. */
async function exceed({ product }: Story): Promise<void> {
  await at.addService(1, { product, ports: PORTS });
  at.use(1, 200);
}

/** Staff act once, when a call of the endpoint arrives. */
function actAt(endpoint: RegExp, act: () => void): void {
  const forget = at.panel.server.onCall((call: FakeCall) => {
    if (!endpoint.test(call.endpoint)) return;
    forget();
    act();
  });
}

async function release(): Promise<RunReport> {
  await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
  return at.pollAfter(HOUR);
}

const evidence = (): Promise<unknown[]> => at.bench.store.evidence.open();

describe.each(STORIES)('what staff stop while a run is about to ($product)', (story) => {
  beforeEach(() => exceed(story));

  it('is ours where the call repeats one of ours whose answer was lost', async () => {
    // The first call is lost on its way, and arrives when the next run repeats it.
    at.panel.server.inject({ match: ({ endpoint }) => story.change.test(endpoint), times: 1, fault: { kind: 'cut' } });
    await at.poll();
    at.bench.clock.advance(HOUR);
    actAt(story.change, story.act);
    await at.poll();
    expect([story.isStopped(), (await evidence()).length]).toEqual([true, 1]);
    await release();
    expect(story.isStopped()).toBe(false);
  });
});
