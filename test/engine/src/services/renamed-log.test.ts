import { expect, it } from '@jest/globals';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { useBench } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';

const at = useBench(startEasyDcimBench);

it('the calls to a panel that got another name are listed by that name', async () => {
  await at.addService(1);
  await at.poll();
  const count = async (panel?: string): Promise<number> =>
    (await at.sluice.log.list({ kinds: ['api'], ...(panel === undefined ? {} : { panel }), limit: 1000 })).entries
      .length;
  const before = await count('dcim');
  await at.bench.configure(
    at.bench.text.replace(/^ {2}dcim: \{/m, '  renamed: {').replace(/panel: dcim(?=[, ])/g, 'panel: renamed'),
  );
  // A command that calls no panel renames.
  await at.sluice.overrides.set('svc-1', { quota: '200GB' });
  at.bench.clock.advance(HOUR);
  const { panel } = await at.sluice.services.show('svc-1');
  const { panels } = await at.sluice.panels.list();
  const after = { renamed: await count('renamed'), dcim: await count('dcim'), all: await count() };
  const metrics = (await at.sluice.metrics()).metrics.find(({ name }) => name === 'sluice_panel_up')?.samples;
  expect({ panel, ...after, names: panels.map(({ name }) => name) }).toEqual({
    ...{ panel: 'renamed', renamed: before, dcim: 0, all: before, names: ['renamed'] },
  });
  expect(metrics).toMatchObject([{ labels: { panel: 'renamed' }, value: 1 }]);
});
