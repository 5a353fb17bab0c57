import { astbilling, magnusbilling } from '@sluice/astbilling-client/panel';
import { startFakeAstbilling, startFakeWhmcs } from '@sluice/fake-panels';
import { whmcs as whmcsKind } from '@sluice/whmcs-client/billing';
import type { SeededRandom } from '../seeded-random.js';
import { addDays, dayBegin, localDate } from './calendar.js';
import { DAY, HOUR, lifeClock, LifeWorld, MINUTE } from './life-world.js';
import { type Line, LINE_PRODUCTS, type OwnedCall, owedBy, toAmount } from './telephony-model.js';
import { LINE_FIELD, TelephonyTown } from './telephony-town.js';

const ZONES = ['America/Sao_Paulo', 'UTC', 'Asia/Tokyo', 'Europe/Lisbon'];
const BEGINS = ['2026-11-05T12:00:00Z', '2026-12-20T12:00:00Z', '2027-02-10T03:00:00Z', '2028-01-30T12:00:00Z'];
const LONGEST_CALL_MINUTES = 30;

/** What may happen, and how often. */
const ACTS = {
  call: 8,
  wait: 5,
  month: 2,
  bill: 4,
  run: 3,
  move: 2,
  pass: 3,
  end: 1,
  number: 1,
  product: 1,
  manual: 1,
  zone: 1,
  installation: 1,
  without: 1,
  invoice: 1,
  pay: 1,
} as const;
type Act = keyof typeof ACTS;

/** A life of lines: services, clients and numbers pass on, and each call has one payer. */
export class TelephonyLife extends TelephonyTown {
  static async live(random: SeededRandom, steps: number): Promise<void> {
    const clock = lifeClock(random.pick(BEGINS));
    const panel = await startFakeAstbilling({ now: clock.now, keepCalls: false });
    const whmcs = await startFakeWhmcs({ now: clock.now, keepCalls: false });
    const isMagnus = random.chance(0.3);
    const period = random.pick(['previous-month', 'previous-month', 'anniversary']);
    const products = Object.entries(LINE_PRODUCTS).map(([name, { id, daily }]) => {
      const limits = [{ id: 'spend', window: 'day', allowance: toAmount(daily ?? 0), action: 'suspend' }];
      const own = { panel: 'voice', astbilling: { planId: '11', period }, whmcs: { productIds: [id] } };
      return [name, { ...own, ...(daily === null ? {} : { limits }) }];
    });
    const { url, identifier, secret } = whmcs;
    const config = {
      ...{ timeZone: random.pick(ZONES), currency: 'BRL', billing: 'whmcs' },
      whmcs: { url, allowHttp: true, identifier, secret, calls: { taxed: false, onlyWriter: true } },
      panels: {
        voice: {
          ...{ kind: isMagnus ? 'magnusbilling' : 'astbilling', url: panel.url, retries: 0, allowHttp: true },
          ...{ token: isMagnus ? panel.credential : panel.token, billFrom: '2026-01-01' },
        },
      },
      products: Object.fromEntries(products) as object,
    };
    const parts = { clock, servers: [panel.server, whmcs.server], kinds: [astbilling, magnusbilling], config };
    const world = await LifeWorld.open({ ...parts, billing: [whmcsKind] }, random);
    world.tell(`${isMagnus ? 'magnusbilling' : 'astbilling'}, ${period}, ${config.timeZone}`);
    await new TelephonyLife(world, panel, whmcs).play(steps, whmcs);
  }

  protected async act(): Promise<void> {
    await this.step(ACTS, (act: Act, line) => this[act](line));
  }

  call(line: Line): void {
    for (let count = 0; count < this.random.whole(1, 3); count++) {
      this.#addCall(line, { client: line.client, service: `whmcs-${line.service}` });
    }
  }

  #addCall(line: Line, { client, service }: Pick<OwnedCall, 'client' | 'service'>): void {
    if (this.panel.subscriber(line.id).status !== 'active') return;
    this.world.clock.advance(MINUTE);
    const [startedAt, cents] = [this.now, this.random.whole(1, 1500)];
    const talkSeconds = this.random.whole(1, LONGEST_CALL_MINUTES * 60);
    const endedAt = startedAt + talkSeconds * 1000;
    const isLate = this.random.chance(0.3);
    this.panel.addCall({
      ...{ subscriber: line.id, startedAt, talkSeconds, charge: `${toAmount(cents)}00` },
      ...{ destination: `+5511${client ?? '000000'}${this.random.whole(10, 99)}`, source: line.number },
      visibleAt: endedAt + (isLate ? 10 * MINUTE : 0),
    });
    const call = { startedAt, endedAt, cents, client, service };
    this.world.tell(`${toAmount(cents)} for ${client ?? 'nobody'}`);
    this.calls.push(call);
    line.calls.push(call);
    this.world.clock.advance(HOUR);
  }

  wait(): void {
    this.world.clock.advance(this.random.pick([5 * MINUTE, HOUR, 9 * HOUR, DAY, 6 * DAY, 20 * DAY]));
  }

  /** Just before or after the end of a month, where a call may begin in one and end in the next. */
  month(line: Line): void {
    const today = localDate(this.now, this.timeZone);
    const first = addDays(`${today.slice(0, 8)}28`, 4).slice(0, 8);
    const turn = dayBegin(`${first}01`, this.timeZone);
    const at = turn + this.random.pick([-20 * MINUTE, -MINUTE, MINUTE]);
    if (at <= this.now) return;
    this.world.clock.set(at);
    this.call(line);
  }

  async bill(): Promise<void> {
    await this.world.shakily((sluice) => sluice.calls.bill());
  }

  /** WHMCS moves the service to another client. */
  async move(line: Line): Promise<void> {
    line.client = this.addClient();
    this.whmcs.service(line.service).clientId = Number(line.client);
    await this.sync();
    this.doubtWindow(line);
  }

  /** The service ends or is gone, and sooner or later another one names its line. */
  async pass(line: Line): Promise<void> {
    if (this.random.chance(0.5)) this.whmcs.service(line.service).status = 'Terminated';
    else this.whmcs.deleteService(line.service);
    if (line.manual && this.random.chance(0.5)) await this.run();
    if (this.random.chance(0.4)) {
      await this.sync();
      this.world.tell('nobody has it');
      this.world.clock.advance(this.random.pick([5 * MINUTE, 5 * HOUR, 3 * DAY]));
      this.#addCall(line, { client: null, service: null });
    }
    line.client = this.addClient();
    line.service = this.addService(line.id, line.client, 'line');
    Object.assign(line, { product: 'line', manual: false });
    await this.sync();
  }

  /** A command ends the line, with a bill; its service gets none, and a new line comes. */
  async end(line: Line): Promise<void> {
    const id = `whmcs-${line.service}`;
    const terminate = { finalInvoice: true };
    await this.settle();
    if (this.random.chance(0.5)) await this.world.shakily((sluice) => sluice.provision.terminate(id, terminate));
    this.world.clock.advance(20 * MINUTE);
    await this.world.surely((sluice) => sluice.calls.bill({ resend: true }));
    await this.world.surely(async (sluice) => {
      const { lifecycle } = await sluice.services.show(id);
      if (lifecycle !== 'terminated') await sluice.provision.terminate(id, terminate);
    });
    this.whmcs.service(line.service).status = 'Terminated';
    this.subjects[this.subjects.indexOf(line)] = this.addLine();
    await this.sync();
  }

  /** The number of a line goes to another one. */
  number(line: Line): void {
    const other = this.random.pick(this.subjects);
    if (other === line) return;
    this.panel.did(line.number).subscriberId = other.id;
    this.panel.did(other.number).subscriberId = line.id;
    [line.number, other.number] = [other.number, line.number];
  }

  async product(line: Line): Promise<void> {
    line.product = this.random.pick(['line', 'capped'] as const);
    const row = this.whmcs.service(line.service);
    row.productId = LINE_PRODUCTS[line.product].id;
    this.whmcs.setField(line.service, LINE_FIELD, line.id);
    this.world.tell(line.product);
    await this.sync();
    this.doubtWindow(line);
  }

  async manual(line: Line): Promise<void> {
    line.manual = !line.manual;
    await this.world.setManual(`whmcs-${line.service}`, line.manual);
  }

  /** The zone of the config changes: months and days begin at other instants, and no call is paid twice or never. */
  zone(): void {
    this.changeZone(ZONES);
    for (const line of this.subjects) this.doubtWindow(line);
  }

  installation(): void {
    const { voice } = this.world.config['panels'] as { voice: object };
    const installation = `site-${this.random.whole(1, 3)}`;
    this.world.config = { ...this.world.config, panels: { voice: { ...voice, installation } } };
  }

  /** Product or panel are missing in the config for a while. */
  async without(): Promise<void> {
    const whole = this.world.config;
    const { capped } = whole['products'] as { capped: object };
    const other = this.random.chance(0.5) ? { products: { capped } } : { products: {}, panels: {} };
    this.world.config = { ...whole, ...other };
    const before = this.subjects.map((line) => this.look(line));
    this.world.clock.advance(this.random.pick([HOUR, DAY]));
    await this.run();
    await this.bill();
    if (!('capped' in other.products))
      this.world.same(
        'lines of a panel that is gone',
        this.subjects.map((line) => this.look(line)),
        before,
      );
    this.world.config = whole;
  }

  /** Staff makes an invoice for the service, to which the next bill may be added. */
  invoice({ service, client }: Line): void {
    const items = [{ service, description: `Line of ${client}`, amount: '50.00' }];
    this.whmcs.addInvoice({ client: Number(client), status: 'Unpaid', items });
  }

  pay({ client }: Line): void {
    for (const { id, status } of this.whmcs.invoices(Number(client))) if (status === 'Unpaid') this.whmcs.pay(id);
  }

  /** Everything ends; after its grace each client has paid his own calls, and nobody those of nobody. */
  protected override async finish(): Promise<void> {
    const { world } = this;
    world.tell('all end');
    for (const line of this.subjects) {
      if (line.manual) await this.manual(line);
      this.whmcs.service(line.service).status = 'Terminated';
    }
    await this.sync();
    world.clock.advance(2 * HOUR);
    await world.surely((sluice) => sluice.calls.bill());
    world.clock.advance(20 * MINUTE);
    await world.surely((sluice) => sluice.calls.bill({ resend: true }));
    const is = this.clients.map((client) => `${client}: ${toAmount(this.billed(client))}`);
    const should = this.clients.map((client) => `${client}: ${toAmount(owedBy(client, this.calls))}`);
    world.same('what clients pay', is, should);
  }
}
