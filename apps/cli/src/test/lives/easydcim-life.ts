import { easydcim } from '@sluice/easydcim-client/panel';
import { startFakeEasyDcim } from '@sluice/fake-panels';
import { SluiceError } from '@sluice/panel-kind';
import type { SeededRandom } from '../seeded-random.js';
import { addDays, addMonths, dayBegin, localDate, monthOf } from './calendar.js';
import { type Place, PRODUCTS, type Product, usedInCycle } from './easydcim-model.js';
import { EasyDcimTown, LATEST_CYCLE_DAY } from './easydcim-town.js';
import { DAY, GB, HOUR, lifeClock, LifeWorld, MINUTE } from './life-world.js';
import { PRICE } from './paying-life.js';

const ZONES = ['UTC', 'America/Sao_Paulo', 'Europe/Berlin', 'Asia/Tokyo', 'Asia/Kolkata'];
const BEGINS = ['2026-11-03T10:00:00Z', '2026-12-27T12:00:00Z', '2027-02-12T08:00:00Z', '2028-02-20T20:00:00Z'];
const NAMES = Object.keys(PRODUCTS) as Product[];
/** Servers of a life. */
const PLACES = 3;
const EXTRA_GB = 50;

/** What may happen, and how often. */
const ACTS = {
  use: 6,
  wait: 4,
  run: 6,
  product: 2,
  rename: 1,
  unplug: 1,
  move: 1,
  pass: 3,
  buy: 2,
  manual: 2,
  protect: 1,
  due: 1,
  staff: 1,
  outage: 1,
} as const;
type Act = keyof typeof ACTS;

/** A life on EasyDCIM: servers whose services, clients, products and due dates change, and what each should be like. */
export class EasyDcimLife extends EasyDcimTown {
  #ref = 0;

  static async live(random: SeededRandom, steps: number): Promise<void> {
    const clock = lifeClock(random.pick(BEGINS));
    const zone = random.pick(ZONES);
    const panel = await startFakeEasyDcim({ now: clock.now, timeZone: zone, keepCalls: false });
    const products = Object.entries(PRODUCTS).map(([name, { quota, action, limits }]) => [
      name,
      {
        ...{ panel: 'dcim', action, packages: quota === null ? [] : ['extra'] },
        quota: quota === null ? 'unlimited' : { total: `${quota}GB` },
        limits: limits.map((limit) => ({ ...limit, allowance: `${limit.allowance}GB`, action: 'disable-ports' })),
      },
    ]);
    const config = {
      ...{ timeZone: zone, currency: 'EUR' },
      panels: {
        dcim: { kind: 'easydcim', url: panel.url, allowHttp: true, token: 'fake-easydcim-token', retries: 0 },
      },
      products: Object.fromEntries(products) as object,
      packages: { extra: { traffic: `${EXTRA_GB}GB`, price: `${PRICE}.00` } },
    };
    const world = await LifeWorld.open({ clock, servers: [panel.server], kinds: [easydcim], config }, random);
    world.tell(`zone ${zone}`);
    await new EasyDcimLife(world, panel, zone).play(steps);
  }

  protected async begin(): Promise<void> {
    for (let number = 1; number <= PLACES; number++) await this.addPlace(number);
  }

  protected async act(): Promise<void> {
    await this.step(ACTS, (act: Act, place) => this[act](place));
  }

  use(place: Place): void {
    this.world.clock.advance(this.random.whole(60, 600) * MINUTE);
    const gigabytes = this.random.whole(1, 30);
    this.world.tell(`${gigabytes} GB`);
    const at = this.now - 1000;
    this.panel.addTraffic(place.service, { in: gigabytes * GB, out: 0, at });
    place.traffic.push({ at, bytes: gigabytes * GB });
  }

  wait(): void {
    const span = this.random.pick([5 * MINUTE, HOUR, 9 * HOUR, DAY, 3 * DAY, 12 * DAY]);
    this.world.clock.advance(span);
  }

  async product({ owner }: Place): Promise<void> {
    const product = this.random.pick(NAMES);
    this.world.tell(`product ${product}`);
    await this.set(owner, { product });
    if (product === owner.product) return;
    // A limit that its product has no longer holds until its window ends.
    const today = localDate(this.now, this.zone);
    if (owner.product === 'fair') owner.formerLimitsUntil = dayBegin(addMonths(`${today.slice(0, 8)}01`, 1), this.zone);
    owner.product = product;
    owner.certain = [];
  }

  /** The service gets another client: its period, with what is used of it, goes on. */
  async move({ owner }: Place): Promise<void> {
    const client = await this.addClient();
    await this.set(owner, { client });
    owner.client = client;
    this.mark(client, owner.id);
  }

  /** The server gets another service of another client; the former one has ended or vanished. */
  async pass(place: Place): Promise<void> {
    const { owner } = place;
    // A cycle begins with a local day, and with the 28th at the latest: what was used in it before would be the former owner's.
    let day = addDays(localDate(this.now, this.zone), 1);
    while (Number(day.slice(8)) > LATEST_CYCLE_DAY) day = addDays(day, 1);
    this.world.clock.set(dayBegin(day, this.zone) + MINUTE);
    await this.endRecord(owner.id);
    if (this.random.chance(0.4)) await this.world.shakily((sluice) => sluice.poll({ allowMass: true }));
    if (this.random.chance(0.6)) {
      this.panel.deleteService(place.service);
      place.service += 100;
      place.order += 100;
      place.traffic = [];
      this.addToPanel(place);
    }
    this.world.tell(`panel service ${place.service}`);
    await this.addOwner(place, Number(localDate(this.now, this.zone).slice(8)));
  }

  async buy(place: Place): Promise<void> {
    const { owner } = place;
    if (PRODUCTS[owner.product].quota === null) return;
    await this.settle();
    const ref = `order-${++this.#ref}-of-${owner.client}`;
    this.mark(owner.client, ref);
    const { from } = usedInCycle(place, this.now, this.zone);
    for (let tries = 0; tries < this.random.whole(0, 2); tries++)
      await this.world.shakily((sluice) => sluice.purchases.create(owner.id, 'extra', { ref }));
    await this.world.surely(async (sluice) => {
      try {
        await sluice.purchases.create(owner.id, 'extra', { ref });
      } catch (error) {
        const hasCredit = (this.credit.get(owner.client) ?? 0) >= PRICE;
        if (hasCredit || !(error instanceof SluiceError) || error.code !== 'no_credit') throw error;
      }
    });
    const credit = this.credit.get(owner.client) ?? 0;
    if (credit < PRICE) return;
    this.credit.set(owner.client, credit - PRICE);
    owner.bought.set(from, (owner.bought.get(from) ?? 0) + EXTRA_GB);
  }

  async manual({ owner }: Place): Promise<void> {
    const note = `note-of-${owner.client}`;
    this.mark(owner.client, note);
    owner.manual = !owner.manual;
    await this.world.setManual(owner.id, owner.manual, { note });
    this.world.tell(owner.manual ? 'add' : 'release');
  }

  async protect({ owner }: Place): Promise<void> {
    const until = owner.protectedUntil === null ? addDays(localDate(this.now, this.zone), 3) : '';
    await this.set(owner, { protected_until: until });
    owner.protectedUntil = until === '' ? null : until;
  }

  /** He pays in time or late: the due date moves by whole periods, and the cycles stay. */
  async due({ owner }: Place): Promise<void> {
    const { to } = monthOf(this.now, owner.day, this.zone);
    await this.set(owner, { next_due_date: to });
  }

  /** Staff shuts the second port, or opens it. */
  async staff(place: Place): Promise<void> {
    await this.settle();
    const id = place.ports[1]!;
    if (place.staffDown.has(id)) {
      this.panel.staffEnablePort(id);
      place.staffDown.delete(id);
    } else if (this.panel.port(id).adminState === 'up') {
      this.panel.staffDisablePort(id);
      place.staffDown.add(id);
    }
  }
}
