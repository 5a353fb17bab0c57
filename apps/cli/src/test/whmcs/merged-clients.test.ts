import { expect, it } from '@jest/globals';
import { startForEachTest } from '../each-test.js';
import { startWhmcsBench } from './whmcs-bench.js';

const at = startForEachTest(() => startWhmcsBench({ more: 'billing: whmcs\ncurrency: EUR\n' }));

const run = (words: string) => at.bench.sluice(words.split(' '));

it('client merge shows and stores what was another client’s, and refuses a client who is there', async () => {
  at.addService(1);
  at.addService(2);
  await at.sync();
  at.whmcs.addClient({ id: 78, currency: 'EUR' });
  const early = await run('client merge 77 78');
  expect([early.exitCode, early.stderr]).toEqual([
    1,
    expect.stringMatching(/WHMCS has client "77".*nothing was changed\. Merge the clients in WHMCS first/s),
  ]);
  at.whmcs.mergeClients(77, 78);
  const shown = await run('client merge 77 78 --dry-run --detailed-exitcode');
  const rows = '2 services, 0 purchases, 0 bills of calls';
  expect([shown.exitCode, shown.stdout]).toEqual([
    4,
    `client 77 would be client 78: ${rows} (dry run, nothing was stored)\n`,
  ]);
  const stored = await run('client merge 77 78 --note asked');
  expect([stored.exitCode, stored.stdout]).toEqual([0, `client 77 is now client 78: ${rows}\n`]);
  expect((await run('client merge 77 78')).stdout).toMatch(/nothing of theirs is stored/);
  expect((await run('service list --client 78 --json')).json()).toMatchObject({
    services: [{ id: 'whmcs-1' }, { id: 'whmcs-2' }],
  });
  const gone = await run('client merge 79 80');
  expect(gone.stderr).toMatch(/WHMCS has no client "80"/);
});

it('client merge into none ends what is not finished of a client who was deleted', async () => {
  const early = await run('client merge 77 none');
  expect([early.exitCode, early.stderr]).toEqual([
    1,
    expect.stringMatching(/WHMCS has client "77"; nothing was changed\. .*or delete 77 there/s),
  ]);
  at.whmcs.world.clients.delete(77);
  const ended = await run('client merge 77 none');
  expect([ended.exitCode, ended.stdout]).toEqual([
    0,
    'client 77: nothing of theirs is unfinished; nothing was changed\n',
  ]);
});
