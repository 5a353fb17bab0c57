import { expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { pollLater } from '../loop/polls.js';

const at = useFlvxBench();

/** What closes an account, and what opens it again. */
const CLOSING = {
  'a suspension': {
    product: 'relay',
    close: () => at.sluice.provision.suspend('svc-1'),
    open: () => at.sluice.provision.unsuspend('svc-1'),
  },
  'a hold by hand': {
    product: 'relay',
    close: () => at.sluice.holds.add('svc-1'),
    open: () => at.sluice.holds.release('svc-1'),
  },
  'a quota of one direction': {
    product: 'inbound',
    close: () => at.poll(),
    open: () => at.sluice.overrides.set('svc-1', { quota: '900GB' }),
  },
};

const NODES: Record<string, () => void> = {
  'is offline': () => {
    at.panel.nodeOffline(1);
  },
  'is silent': () => {
    at.panel.node(1).silent = true;
  },
  'refuses both pauses': () => {
    const body = { code: -1, msg: '等待节点响应超时', ts: at.bench.clock.now() };
    at.panel.server.inject({ endpoint: /forward\/pause$/, times: 2, fault: { kind: 'body', body } });
  },
};

it.each(
  few(
    Object.keys(CLOSING).flatMap((what) => Object.keys(NODES).map((node) => [what, node])),
    2,
  ),
)('what %s finds running runs again after it, where the node %s and reports later', async (what = '', node = '') => {
  const { product, close, open } = CLOSING[what as keyof typeof CLOSING];
  const user = await at.create(1, { product });
  const ids = ['web', 'game'].map((name) => at.panel.addForward(user, at.tunnels.hk, { name }));
  const [web = 0] = ids;
  await pollLater(at);
  if (product === 'inbound') at.panel.traffic(web, { in: 101 * GB, out: 0 });
  NODES[node]?.();
  await close();
  at.bench.clock.advance(MINUTE);
  at.panel.traffic(web, { in: 1024, out: 0 });
  at.bench.clock.advance(5 * MINUTE);
  at.panel.nodeOnline(1);
  at.panel.node(1).silent = false;
  for (let round = 0; round < 2; round++) await pollLater(at);
  expect(ids.filter((id) => at.panel.isRunning(id))).toEqual([]);
  await open();
  for (let round = 0; round < 3; round++) await pollLater(at);
  expect(ids.filter((id) => !at.panel.isRunning(id))).toEqual([]);
});
