import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { useBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

const at = useBench();

it('says in words of the client that the panel names no unit', async () => {
  await at.addService(1, '42', 20);
  await at.sluice.poll();
  const link = await Link.open(at, { client: '42' });
  // The panel's graph is read after the first page.
  const words = 'The panel does not say in which unit these figures are';
  let page = textOf(await link.text('/services/svc-1'));
  for (let tries = 0; tries < 100 && !page.includes(words); tries++) {
    await wait(50);
    page = textOf(await link.text('/services/svc-1'));
  }
  expect(page).toContain(words);
});

it('promises no graph of a service that has ended', async () => {
  await at.addService(2, '43', 20);
  await at.sluice.poll();
  await at.sluice.services.set('svc-2', { status: 'terminated' });
  const page = textOf(await (await Link.open(at, { client: '43' })).text('/services/svc-2'));
  expect(page).toContain('The service has ended.');
  expect(page).not.toMatch(/own graph|Reload the page/);
});
