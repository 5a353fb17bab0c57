import { beforeAll, expect, it } from '@jest/globals';
import { useBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';

const at = useBench();

beforeAll(async () => {
  for (const number of [1, 2, 3]) await at.addService(number, `c-${number}`, 195);
  await at.sluice.services.set('svc-1', { name: 'Shop <b>', client_name: 'María Ruiz' });
  await at.sluice.services.set('svc-2', { name: 'Mail', client_name: 'María Lopez' });
  await at.sluice.poll();
});

it.each(['svc-1', ' shop', 'Ruiz'])('the log is of the service that "%s" alone fits', async (text) => {
  const page = await at.page(`/log?service=${encodeURIComponent(text)}`);
  expect(page).toContain('value="svc-1"');
  expect(textOf(page)).toMatch(/Entries .*svc-1/);
  expect(textOf(page)).not.toMatch(/svc-2|svc-3|Which service/);
});

it('asks which one where a text fits several, with links to each', async () => {
  for (const path of ['/log', '/bills']) {
    const page = await at.page(`${path}?service=mar%C3%ADa`);
    expect(textOf(page)).toMatch(/Which service\? .*Shop &lt;b&gt;.*svc-1.*María Ruiz.*Mail.*svc-2.*María Lopez/);
    expect(page).toContain(`href="${path}?service=svc-2"`);
    expect(page).not.toMatch(/svc-3|Shop <b>/);
  }
});

it('says so where nothing fits, and keeps the text', async () => {
  for (const path of ['/log', '/bills', '/bills?client=c-1&']) {
    const asked = `${path}${path.endsWith('&') ? '' : '?'}service=${encodeURIComponent('nobody <b>')}`;
    const page = await at.page(asked);
    expect(page).toContain('Nothing was found for “<bdi>nobody &lt;b&gt;</bdi>”: no service fits.');
    expect(page).toContain('value="nobody &lt;b&gt;"');
    // Neither the services that there are, nor the entries of all.
    expect(textOf(page)).not.toMatch(/svc-\d|Entries|Bills of calls/);
  }
});
