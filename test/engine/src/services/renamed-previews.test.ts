import { describe, expect, it } from '@jest/globals';
import { startFakeEasyDcim } from '@sluice/fake-panels';
import { useOpened } from '../bench/each-test.js';
import { startEasyDcimBench, TOKEN } from '../bench/easydcim-bench.js';
import { codeOf, errorOf, HOUR } from '../bench/engine-bench.js';

const SAID =
  'panel "dcim" has the name "fra" in the config: what is stored of it gets that with the next run or command that changes anything, and is shown as "dcim" until then';

describe('a panel with another name in a config with which nothing was changed yet', () => {
  const [at, open] = useOpened(startEasyDcimBench);
  const panelOf = async (): Promise<string | undefined> => (await at.bench.store.services.get('svc-1'))?.panel;
  const tryName = () =>
    at.bench.configure(
      at.bench.text.replace(/^ {2}dcim: \{/m, '  fra: {').replace(/panel: dcim(?=[, ])/g, 'panel: fra'),
    );

  async function openHeld(): Promise<void> {
    await open();
    await at.addService(1, { product: 'ports' });
    await at.sluice.panels.observe('dcim');
    await at.poll();
    at.use(1, 120);
    await at.pollAfter(HOUR);
  }

  it('keeps its name with previews and lists, so that other processes go on', async () => {
    await openHeld();
    const serve = await at.bench.start();
    await serve.services.list();
    await tryName();
    await at.sluice.plan();
    await at.sluice.poll({ dryRun: true });
    await at.sluice.services.list();
    await at.sluice.calls.bill({ dryRun: true }).catch(() => undefined);
    await at.sluice.metrics();
    at.bench.clock.advance(HOUR);
    const changed = await codeOf(serve.overrides.set('svc-1', { quota: '200GB' }));
    expect([await panelOf(), changed]).toEqual(['dcim', null]);
  });

  it('is shown by its former name until then, and every preview says so', async () => {
    await openHeld();
    await tryName();
    const { panels, removed } = await at.sluice.panels.list();
    expect([panels.map(({ name }) => name), removed]).toEqual([['dcim'], []]);
    const { services, notices, run, panels: errors } = await at.sluice.plan();
    expect([services[0]?.wouldHold, run.observing, errors]).toEqual([['quota'], ['dcim'], []]);
    expect(notices).toContainEqual({ code: 'panel_renamed', message: SAID, service: null });
    const { checks } = await at.sluice.panels.doctor();
    const ofNames = checks.filter(({ code }) => /^(panel_|unknown_|switch_)/.test(code ?? ''));
    expect(ofNames.map(({ code, message }) => [code, message])).toEqual([['panel_renamed', SAID]]);
    const byName = await errorOf(at.sluice.plan({ panel: 'fra' }));
    expect([byName?.code, byName?.message]).toEqual(['unknown_panel', `Name it "dcim": ${SAID}`]);
    expect((await at.sluice.plan({ panel: 'dcim' })).services).toHaveLength(1);
  });

  it('is shown by its new name to a process that began before', async () => {
    await openHeld();
    const former = await at.bench.start();
    await former.poll();
    await tryName();
    await at.pollAfter(HOUR);
    expect((await former.panels.list()).panels.map(({ name }) => name)).toEqual(['fra']);
    expect((await former.services.show('svc-1')).panel).toBe('fra');
    expect(await codeOf(former.poll())).toBe('config_outdated');
  });

  it('is read at its own address where a new panel has its former name', async () => {
    await openHeld();
    const other = await startFakeEasyDcim({ token: TOKEN, now: at.bench.clock.now, timeZone: 'UTC' });
    try {
      const more = `  dcim: { kind: easydcim, url: "${other.url}", allowHttp: true, token: ${TOKEN}, retries: 0, timeout: 2s }\n`;
      await tryName();
      await at.bench.edit(/^ {2}fra: \{/m, `${more}  fra: {`);
      expect((await at.sluice.plan()).services).toMatchObject([{ panel: 'dcim', wouldHold: ['quota'] }]);
      expect((await at.pollAfter(HOUR)).services).toMatchObject([{ panel: 'fra', wouldHold: ['quota'] }]);
    } finally {
      await other.close();
    }
  });
});
