import type { Fault } from '@sluice/fake-panels';
import type { PanelWorld, PanelWorlds, SuiteClock, SuiteService } from '@sluice/panel-kind/testing';
import { COMMON, type Faults, toPort, toWays } from '../port.js';
import { GB } from '../suite-parts.js';
import { FakeWaterworks, type Meter } from './fake.js';

const FAULTS: Faults = {
  ...COMMON,
  '403': { fault: { kind: 'status', status: 403 }, when: 'before' },
  'a page after': { fault: { kind: 'html' }, when: 'after' },
  truncated: { fault: { kind: 'truncated' } },
  'a hang after': { fault: { kind: 'hang' }, when: 'after' },
  'a success without effect': { fault: { kind: 'body', body: { result: 'done' } }, when: 'before' },
};

const UNREADABLE: Record<string, { endpoint: string; fault: Fault }> = {
  'a text for a figure': { endpoint: 'GET /meters/{id}/flow', fault: { kind: 'body', body: { litres: 'n/a' } } },
  'a negative figure': { endpoint: 'GET /meters/{id}/flow', fault: { kind: 'body', body: { litres: -1 } } },
  'a list that is cut short': {
    endpoint: 'GET /meters',
    fault: { kind: 'mutate', change: (list) => ({ ...(list as object), meters: [] }) },
  },
};

class WaterworksWorld implements PanelWorld {
  readonly port: PanelWorld['port'];
  readonly #fake: FakeWaterworks;
  readonly #clock: SuiteClock;
  readonly #hasAccounts: boolean;

  constructor(fake: FakeWaterworks, clock: SuiteClock, hasAccounts: boolean) {
    this.#fake = fake;
    this.#clock = clock;
    this.#hasAccounts = hasAccounts;
    this.port = toPort(fake.server, FAULTS);
    fake.add('theirs');
  }

  config(timeout: string) {
    const { url } = this.#fake.server;
    const product = (pipe: string, total: string) => ({ panel: 'water', quota: { total }, waterworks: { pipe } });
    return {
      panels: { water: { kind: 'waterworks', url, allowHttp: true, key: 'water-key', retries: 0, timeout } },
      products: { tap: product('narrow', '100GB'), main: product('wide', '300GB') },
    };
  }

  addService(n: number): Record<string, string> {
    if (this.#hasAccounts) return {};
    const { id, name } = this.#fake.add(`customer-${n}`);
    return { meter_id: id, meter_name: name };
  }

  #find({ refs }: SuiteService): Meter | undefined {
    return this.#fake.meters.get(refs['meter_id'] ?? '');
  }

  exceed(service: SuiteService): void {
    this.#find(service)?.flow.push({ at: this.#clock.now(), litres: 200 * GB });
  }

  running(service: SuiteService): unknown {
    return this.#find(service)?.valves ?? 'gone';
  }

  isRestricted(service: SuiteService): boolean {
    const valves = Object.values(this.#find(service)?.valves ?? {});
    return valves.length > 0 && valves.every((state) => state === 'shut');
  }

  foreign(): unknown {
    return [...this.#fake.meters.values()].filter(({ name }) => name === 'theirs').map(({ valves }) => valves);
  }

  state(): unknown {
    return [...this.#fake.meters.values()].map(({ id, pipe, valves, name }) => ({
      ...{ id, pipe, valves },
      name: name.replace(/^w-[\da-f]{16}$/, 'NAME'),
    }));
  }

  repeated(): string[] {
    return this.#fake.letters;
  }

  stop(service: SuiteService): boolean {
    const meter = this.#find(service);
    if (meter?.valves['hot'] !== 'open') return false;
    meter.valves['hot'] = 'shut';
    return true;
  }

  free(service: SuiteService): void {
    Object.assign(this.#find(service)?.valves ?? {}, { hot: 'open', cold: 'open' });
  }

  act(act: string, service: SuiteService): void {
    const meter = this.#find(service);
    if (meter === undefined) return;
    if (act === 'reset-usage') meter.flow = [];
    if (act === 'damage') meter.pipe = 'none';
    if (act === 'remove' || act === 'replace') this.#fake.meters.delete(meter.id);
    // The first free id is that of the meter that was removed.
    if (act === 'replace') this.#fake.add('newcomer').valves['hot'] = 'shut';
  }

  spoil(_service: SuiteService, how: string): void {
    const rule = UNREADABLE[how];
    if (rule !== undefined) this.#fake.server.inject(rule);
  }

  honest(): void {
    this.#fake.server.clearFaults();
  }

  async close(): Promise<void> {
    const { failures } = this.#fake.server;
    await this.#fake.server.close();
    if (failures.length > 0) throw new Error(`the fake failed: ${failures.join(', ')}`);
  }
}

/** Worlds of waterworks, with meters that Sluice creates or without; `ways`: the only ways in which calls fail. */
export function waterworksWorlds({
  accounts = false,
  ways = Object.keys(FAULTS),
}: { accounts?: boolean; ways?: string[] | undefined } = {}): PanelWorlds {
  return {
    limited: [{ name: 'tap', releases: ['raise', 'cycle'] }],
    ...(accounts ? { package: 'main' } : {}),
    ways: toWays(FAULTS).filter(({ name }) => ways.includes(name)),
    unreadable: Object.keys(UNREADABLE),
    staffActs: ['remove', 'replace', 'reset-usage', 'damage'],
    stopsMeanwhile: 'until-read',
    open: async (clock) => new WaterworksWorld(await FakeWaterworks.start(clock.now), clock, accounts),
  };
}
