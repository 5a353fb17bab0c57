import type { FakeServer } from '@sluice/fake-panels';
import { closeFakes, type Fake } from '../harness.js';
import type { SeededRandom } from '../seeded-random.js';
import { addMonths, localDate } from './calendar.js';
import { DAY, HOUR, type LifeWorld } from './life-world.js';

/** How long a changed zone may still matter: the longest window, and a day for the difference. */
const LONGEST_WINDOW = 32 * DAY;

/** What happens in the lives of all kinds: steps are drawn, runs meet mishaps, panels are down, parts of the config are missing. */
export abstract class Life<Subject> {
  /** Zones of before, and until when what began by them may last. */
  readonly #formerZones: { zone: string; until: number }[] = [];

  protected constructor(readonly world: LifeWorld) {}

  /** What acts happen to; it changes in place. */
  protected abstract readonly subjects: readonly Subject[];
  protected abstract nameOf(subject: Subject): string;
  /** Returns what the panel shows of a subject, to compare it with itself. */
  protected abstract look(subject: Subject): unknown;
  protected abstract productOf(subject: Subject): string;
  /** The panel of the life. */
  abstract readonly panel: Fake & { readonly server: FakeServer };
  /** Adds what acts happen to. */
  protected abstract begin(): Promise<void>;
  /** Does one drawn act. */
  protected abstract act(): Promise<void>;
  /** Runs without faults, then compares everything. */
  protected abstract settle(): Promise<void>;
  /** Reads all pages as each client. */
  protected abstract checkViews(): Promise<void>;

  /** Lets the life pass, and closes its world and its fakes. */
  async play(steps: number, ...others: readonly Fake[]): Promise<void> {
    try {
      await this.begin();
      await this.settle();
      for (let step = 0; step < steps; step++) {
        await this.act();
        if (this.random.chance(0.5)) await this.settle();
      }
      await this.finish();
      await this.checkViews();
    } finally {
      await this.world.close();
      await closeFakes(this.panel, ...others);
    }
  }

  protected finish(): Promise<void> {
    return this.settle();
  }

  protected get now(): number {
    return this.world.clock.now();
  }

  protected get random(): SeededRandom {
    return this.world.random;
  }

  /** The zone of the config. */
  protected get timeZone(): string {
    return this.world.config['timeZone'] as string;
  }

  /** Zones by which an open window may have begun. */
  protected get zones(): string[] {
    const former = this.#formerZones.filter(({ until }) => this.now < until).map(({ zone }) => zone);
    return [...new Set([this.timeZone, ...former])];
  }

  protected async step<Act extends string>(
    weights: Readonly<Record<Act, number>>,
    perform: (act: Act, subject: Subject) => unknown,
  ): Promise<void> {
    const acts = Object.keys(weights) as Act[];
    const subject = this.random.pick(this.subjects);
    const act = this.random.pick(acts.flatMap((each) => Array.from({ length: weights[each] }, () => each)));
    this.world.tell(`${act} ${this.nameOf(subject)}`);
    await perform(act, subject);
  }

  async run(): Promise<void> {
    const work = this.random.pick(['poll', 'poll', 'reconcile'] as const);
    const allowMass = this.random.chance(0.5);
    await this.world.shakily((sluice) => sluice[work]({ allowMass }));
  }

  async outage(): Promise<void> {
    const restore = this.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    for (let day = 0; day < this.random.whole(1, 3); day++) {
      this.world.clock.advance(DAY);
      await this.world.shakily((sluice) => sluice.poll());
    }
    restore();
  }

  /** A product is missing in the config for a while. */
  async rename(): Promise<void> {
    const all = this.world.config['products'] as Record<string, unknown>;
    const name = this.random.pick(Object.keys(all));
    const { [name]: _missing, ...products } = all;
    const gone = this.subjects.filter((subject) => this.productOf(subject) === name);
    await this.#without(gone, { ...this.world.config, products });
  }

  /** The panel and its products are missing in the config for a while. */
  async unplug(): Promise<void> {
    await this.#without(this.subjects, { ...this.world.config, panels: {}, products: {} });
  }

  async #without(gone: readonly Subject[], config: Record<string, unknown>): Promise<void> {
    const whole = this.world.config;
    const look = (): unknown => gone.map((subject) => this.look(subject));
    const before = look();
    this.world.config = config;
    for (let run = 0; run < this.random.whole(1, 3); run++) {
      this.world.clock.advance(this.random.pick([HOUR, DAY]));
      const work = this.random.pick(['poll', 'reconcile'] as const);
      const allowMass = this.random.chance(0.7);
      await this.world.shakily((sluice) => sluice[work]({ allowMass }));
      this.world.same('a service that the config does not have', look(), before);
    }
    this.world.config = whole;
  }

  /** The service has ended, or the billing system does not list it any more. */
  protected async endRecord(id: string): Promise<void> {
    const status = this.random.pick(['vanished', 'terminated'] as const);
    const record = await this.world.store.services.get(id);
    if (!record) throw this.world.failure(`service ${id} is gone`);
    if (status === 'vanished')
      await this.world.store.services.put([{ ...record, status, updatedAt: new Date(this.now).toISOString() }]);
    else await this.world.surely((sluice) => sluice.services.set(id, { status }));
    this.world.tell(status);
  }

  /** Clients that pay do so in time. */
  protected async renew(services: readonly { id: string; due: string }[]): Promise<void> {
    for (const service of services) {
      while (Date.parse(service.due) < this.now + 8 * DAY) {
        service.due = addMonths(service.due, 1);
        const { id, due } = service;
        await this.world.command((sluice) => sluice.provision.renew(id, { until: due }));
        this.world.tell(`renew ${id} until ${localDate(Date.parse(due), 'UTC')}`);
      }
    }
  }

  /** The zone of the config changes: days and months begin at other instants. */
  protected changeZone(zones: readonly string[]): void {
    this.#formerZones.push({ zone: this.timeZone, until: this.now + LONGEST_WINDOW });
    this.world.config = { ...this.world.config, timeZone: this.random.pick(zones) };
    this.world.tell(this.timeZone);
  }
}
