import { expect, it } from '@jest/globals';
import { closeAfterTest } from '../../each-test.js';
import { startFlvxBench } from '../../flvx-bench.js';

it('an account that is still restricted for an ended service is refused with the command that lifts that', async () => {
  const at = closeAfterTest(await startFlvxBench());
  const user = await at.create(1);
  await at.run('hold add svc-1');
  await at.bench.store(async (store) => {
    const service = await store.services.get('svc-1');
    await store.services.put([{ ...service!, status: 'vanished' }]);
  });
  await at.addService(2, { values: [`flvx_user_id=${user}`, '--allow-duplicate-refs'] });
  const { exitCode, stdout } = await at.bench.sluice('provision create svc-2 --adopt --password-file pw');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/still restricted for svc-1, which has ended/);
  expect(stdout).toContain('Run "sluice poll" first');
});
