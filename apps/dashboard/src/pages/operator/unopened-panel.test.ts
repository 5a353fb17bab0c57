import { expect, it } from '@jest/globals';
import { easydcim } from '@sluice/easydcim-client/panel';
import { useBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';

const open = (): Promise<never> => Promise.reject(new Error('its profile can not be read'));
const at = useBench({
  kinds: [{ ...easydcim, kind: 'made-up', open }],
  panels: { another: { kind: 'made-up', url: 'http://127.0.0.1:9', token: 'unused-token', allowHttp: true } },
  products: { beside: { panel: 'another', quota: { total: '100GB' } } },
});

it('names a panel that was never opened as one on which nothing is decided', async () => {
  const cycle = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
  await at.sluice.services.add('a-1', { panel: 'another', product: 'beside', ...cycle, easydcim_service_id: '601' });
  const cookie = await at.login();
  expect(textOf(await at.page('/panels/another', cookie))).toMatch(/State not called yet/);
  await at.sluice.poll();
  for (const path of ['/', '/panels', '/panels/another']) {
    const page = textOf(await at.page(path, cookie));
    expect([path, page]).toEqual([path, expect.stringMatching(/not decided since 20 Nov/)]);
  }
});
