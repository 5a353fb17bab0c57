import { expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { closeAfterTest } from '../each-test.js';
import { type AccountsBench, startAccountsBench } from './accounts-bench.js';

let at: AccountsBench;

const errors = ({ services }: RunReport): (string | null)[] => services.map(({ error }) => error?.code ?? null);

it('a password that has no place: a plan and a dry run predict no success', async () => {
  at = closeAfterTest(await startAccountsBench({ writeTo: './secrets' }));
  at.bench.write('secrets', 'a file');
  at.addOrder(1);
  at.addOrder(2, { product: 11 });
  await at.sync();
  expect(errors(await at.plan())).toEqual(['password_file_unwritable', null]);
  const shown = await at.run('provision create whmcs-1 --dry-run');
  expect([shown.exitCode, shown.json<{ error: { code: string } }>().error.code]).toEqual([
    2,
    'password_file_unwritable',
  ]);
  expect(errors(await at.reconcile())).toEqual(['password_file_unwritable', null]);
  at.bench.edit('writeTo: ./secrets', 'writeTo: whmcs');
  const values = 'panel=relay product=relay-100 billing_cycle=monthly next_due_date=2026-12-15';
  expect((await at.run(`service add own-1 ${values}`)).exitCode).toBe(0);
  expect(errors(await at.plan())).toEqual(['password_nowhere', null, null]);
  expect(errors(await at.reconcile())).toEqual(['password_nowhere', null, null]);
  expect((await at.run('provision create whmcs-2 --dry-run')).exitCode).toBe(0);
});
