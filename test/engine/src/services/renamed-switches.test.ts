import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startFakeEasyDcim } from '@sluice/fake-panels';
import { startEasyDcimBench, TOKEN } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const at = useBench(startEasyDcimBench);

async function useTooMuch(number: number, product = 'ports'): Promise<void> {
  await at.addService(number, { product });
  at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
}

/** With another address it is not known to be the same panel. */
const rename = () =>
  at.bench.configure(
    at.bench.text
      .replaceAll('  dcim: {', '  fra: {')
      .replaceAll('panel: dcim', 'panel: fra')
      .replaceAll('//127.0.0.1:', '//localhost:'),
  );

const port = (number: number): string => at.panel.port(7000 + number * 10 + 1).adminState;

const noticesOf = async (): Promise<string[]> =>
  (await at.bench.store.notices.list()).filter(({ code }) => code === 'enforcement_renamed').map((n) => n.message);

async function move(number: number, values: Record<string, string>): Promise<void> {
  await at.sluice.services.set(`svc-${number}`, values);
  await at.pollAfter(HOUR, { allowMass: true });
}

describe('a panel under observe whose name in the config changed', () => {
  it('stays under observe until a person enforces it', async () => {
    await useTooMuch(1);
    await useTooMuch(2);
    await at.sluice.panels.observe('dcim');
    await at.pollAfter(HOUR);
    await rename();
    for (const number of [1, 2]) await move(number, { panel: 'fra' });
    expect([port(1), port(2)]).toEqual(['up', 'up']);
    expect(await noticesOf()).toEqual([
      'panel "fra" stays under observe, as panel "dcim" was, which is not in the config any more, until it is enforced by name',
    ]);
    expect((await at.bench.store.switches.list()).map(({ panel }) => panel)).toEqual(['fra']);
    await at.sluice.panels.enforce('fra');
    await at.pollAfter(HOUR, { allowMass: true });
    expect([port(1), port(2)]).toEqual(['down', 'down']);
  });

  it('is enforced at once where a person has enforced the new name', async () => {
    await useTooMuch(1);
    await useTooMuch(2);
    await at.sluice.panels.observe('dcim');
    await at.pollAfter(HOUR);
    await rename();
    await at.sluice.services.set('svc-1', { panel: 'fra' });
    at.bench.clock.advance(HOUR);
    await at.sluice.panels.enforce('fra');
    await move(2, { panel: 'fra' });
    expect([port(1), port(2)]).toEqual(['down', 'down']);
  });

  it('keeps only its products under observe on a panel that has other services', async () => {
    await useTooMuch(1);
    await at.sluice.panels.observe('dcim');
    await rename();
    await at.addService(3, { product: 'inbound', values: { panel: 'fra' } });
    await move(1, { panel: 'fra' });
    expect(port(1)).toBe('up');
    expect((await at.bench.store.switches.list()).map((each) => [each.panel, each.product])).toEqual([
      ['fra', 'ports'],
    ]);
  });
});

describe('a panel enforced by a switch whose name in the config changed', () => {
  it('is under the observe of the config, with a notice', async () => {
    await at.bench.configure(`enforce: observe\n${at.bench.text}`);
    await at.addService(1);
    await at.sluice.panels.enforce('dcim');
    await rename();
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    await move(1, { panel: 'fra' });
    expect(port(1)).toBe('up');
    expect(await noticesOf()).toEqual([
      'panel "fra" is under observe, although panel "dcim", which is not in the config any more, was enforced: nothing is restricted until it is enforced by name',
    ]);
  });
});

describe('a product under observe whose name in the config changed', () => {
  it('stays under observe', async () => {
    await useTooMuch(1);
    const { store } = at.bench;
    await store.switches.set({
      ...{ panel: 'dcim', product: 'ports', enforce: 'observe' },
      ...{ since: new Date(at.bench.clock.now()).toISOString(), actor: 'ops' },
    });
    await at.pollAfter(HOUR);
    expect(port(1)).toBe('up');
    await at.bench.edit('  ports: {', '  port-plan: {');
    await move(1, { product: 'port-plan' });
    expect(port(1)).toBe('up');
    expect((await store.switches.list()).map(({ product }) => product)).toEqual(['port-plan']);
  });
});

describe('a switch of a panel that is not in the config', () => {
  it('is reported until it is removed by name', async () => {
    await at.sluice.panels.observe('dcim');
    await rename();
    const ofSwitches = async () =>
      (await at.sluice.panels.doctor()).checks.filter(({ code }) => code === 'switch_of_removed_panel');
    expect(await ofSwitches()).toMatchObject([{ object: 'dcim', status: 'warning' }]);
    await at.sluice.panels.asConfigured('dcim');
    expect(await ofSwitches()).toEqual([]);
    await expect(at.sluice.panels.asConfigured('dcim')).rejects.toMatchObject({ code: 'unknown_panel' });
  });
});

/** Gives the panel the name of another one that is in the config until then; `more`: top level of the config. */
async function takeName(before: () => Promise<void>, more = ''): Promise<void> {
  const other = await startFakeEasyDcim({ token: TOKEN, now: at.bench.clock.now, timeZone: 'UTC' });
  try {
    const { url } = at.panel;
    const toPanel = (name: string, of: string): string =>
      `  ${name}: { kind: easydcim, url: "${of}", allowHttp: true, token: ${TOKEN}, retries: 0, timeout: 2s }\n`;
    const toConfig = (panels: string, product: string): string =>
      `timeZone: UTC\n${more}poll: { doubt: { jump: off } }\npanels:\n${panels}products:\n  ports: { panel: ${product}, quota: { total: 100GB }, action: disable-ports }\n`;
    await at.bench.configure(toConfig(toPanel('dcim', url) + toPanel('two', other.url), 'dcim'));
    await before();
    await at.bench.configure(toConfig(toPanel('two', url), 'two'));
  } finally {
    await other.close();
  }
}

const switches = async (): Promise<string[]> =>
  (await at.bench.store.switches.list()).map(({ panel, enforce }) => `${panel} ${enforce}`);

describe('a panel with the name of one that never had a service', () => {
  it.each([
    ['observed by a switch', true],
    ['observed by the config', false],
  ])('stays under observe where it was %s and the other one enforced', async (_, isSwitched) => {
    await takeName(async () => {
      await at.sluice.panels.enforce('two');
      at.bench.clock.advance(HOUR);
      await useTooMuch(1);
      await at.pollAfter(HOUR);
      if (isSwitched) await at.sluice.panels.observe('dcim');
    }, 'enforce: observe\n');
    const { run } = await at.pollAfter(HOUR);
    expect([run.observing, port(1), await switches()]).toEqual([['two'], 'up', isSwitched ? ['two observe'] : []]);
  });

  it.each([
    ['by a switch', true],
    ['by the config', false],
  ])('stays enforced where it was enforced %s and the other one observed later', async (_, isSwitched) => {
    await takeName(async () => {
      if (isSwitched) await at.sluice.panels.enforce('dcim');
      await useTooMuch(1);
      await at.pollAfter(HOUR);
      await at.sluice.panels.observe('two');
      await at.pollAfter(HOUR);
      expect(port(1)).toBe('down');
    });
    await at.sluice.overrides.set('svc-1', { quota: '300GB' });
    const { run } = await at.pollAfter(HOUR);
    expect([run.observing, port(1), await switches()]).toEqual([[], 'up', isSwitched ? ['two on'] : []]);
    expect(await noticesOf()).toEqual([]);
  });
});
