import { beforeEach, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { LINE, startTelephonyBench } from './telephony-bench.js';

const at = startForEachTest(startTelephonyBench);
beforeEach(() => at.addService());

const states = (): string[] => [at.panel.subscriber(LINE).status, at.panel.did('+551140001234').status];

async function succeed(words: string): Promise<void> {
  const { exitCode, stderr } = await at.bench.sluice(words);
  expect([exitCode, stderr]).toEqual([0, expect.anything()]);
}

it('keeps the numbers suspended with a line whose hold was widened after the backup, until it is unsuspended', async () => {
  await succeed('enforce voice --yes');
  await succeed('provision suspend svc-1');
  await succeed('db backup early.db');
  expect(states()).toEqual(['suspended', 'active']);
  await succeed('provision suspend svc-1 --with-dids');
  expect(states()).toEqual(['suspended', 'suspended']);
  at.bench.clock.advance(3_600_000);
  expect((await at.run('db restore early.db --yes')).json()).toMatchObject({ tookHoldsOver: true });
  await succeed('poll');
  expect(states()).toEqual(['suspended', 'suspended']);
  await succeed('provision unsuspend svc-1');
  expect(states()).toEqual(['active', 'active']);
});
