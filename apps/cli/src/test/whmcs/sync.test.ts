import { expect, it } from '@jest/globals';
import { startForEachTest } from '../each-test.js';
import { startWhmcsBench } from './whmcs-bench.js';

const at = startForEachTest(startWhmcsBench);

it('service sync prints what it adds, changes and ends', async () => {
  at.addService(1);
  at.addService(2, { status: 'Suspended' });
  at.addService(3, { product: 11 });
  at.addService(4, { product: 12 });
  at.whmcs.addService({ id: 6, client: 77, product: 20 });
  const shown = await at.bench.sluice('service sync --dry-run --detailed-exitcode');
  expect(shown.exitCode).toBe(4);
  expect(shown.stdout).toContain('whmcs-2: new\n  panel: dcim\n  product: ports\n  client: 77\n');
  expect((await at.sync()).exitCode).toBe(0);
  expect((await at.bench.sluice('service sync --quiet')).stdout).toBe('');

  at.whmcs.service(1).nextDueDate = '2027-06-15';
  at.whmcs.service(2).status = 'Active';
  at.whmcs.service(3).status = 'Fraud';
  at.whmcs.deleteService(4);
  const second = await at.bench.sluice('service sync');
  expect(second.stdout.split('\n')).toEqual([
    'whmcs-1:',
    '  next_due_date: 2026-12-15 → 2027-06-15',
    'whmcs-2:',
    '  status: suspended → active',
    'whmcs-3: terminated',
    '  status: active → terminated',
    'whmcs-4: vanished',
    '  status: active → vanished',
    expect.stringContaining('skipped, '),
    '4 services: 0 added, 2 changed, 0 unchanged, 1 vanished, 1 terminated, 1 skipped',
    '',
  ]);
});
