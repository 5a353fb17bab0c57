import type { FakeAstbilling, FakeWhmcs } from '@sluice/fake-panels';
import { addDays, dayBegin, localDate } from './calendar.js';
import { Life } from './life.js';
import { DAY, type LifeWorld, MINUTE } from './life-world.js';
import { isSuspended, type Line, LINE_PRODUCTS, type OwnedCall, owedBy, toAmount, toCents } from './telephony-model.js';
import { checkViews } from './visibility.js';

const LINES = 3;
/** The custom field of WHMCS that names the line. */
export const LINE_FIELD = 'astbilling_subscriber_id';

/** What a life happens to: its objects, and how they are compared with the model. */
export abstract class TelephonyTown extends Life<Line> {
  protected readonly subjects: Line[] = [];
  protected readonly calls: OwnedCall[] = [];
  protected readonly clients: string[] = [];
  protected lastLine = 9000;
  protected began = 0;

  protected constructor(
    world: LifeWorld,
    readonly panel: FakeAstbilling,
    readonly whmcs: FakeWhmcs,
  ) {
    super(world);
  }

  protected nameOf({ id, client, service }: Line): string {
    return `line ${id} of ${client} (whmcs-${service})`;
  }

  protected productOf({ product }: Line): string {
    return product;
  }

  protected look({ id }: Line): unknown {
    return this.panel.subscriber(id).status;
  }

  protected async begin(): Promise<void> {
    this.began = this.now;
    this.panel.add('plans', { id: '11', name: 'Corporativo 30/6' });
    for (const { id } of Object.values(LINE_PRODUCTS))
      this.whmcs.addProduct({ id, name: 'Line', fields: [LINE_FIELD] });
    for (let count = 0; count < LINES; count++) this.subjects.push(this.addLine());
    await this.sync();
  }

  protected addLine(): Line {
    const id = String(++this.lastLine);
    const number = `+551140${id}11`;
    const client = this.addClient();
    this.panel.addSubscriber({ id, username: `line${id}`, plan: '11' });
    this.panel.addDid({ number, subscriber: id });
    const service = this.addService(id, client, 'line');
    return { id, number, service, client, product: 'line', manual: false, calls: [], unsureUntil: 0 };
  }

  protected addClient(): string {
    const id = 910010 + this.clients.length;
    this.whmcs.addClient({ id, currency: 'BRL' });
    this.clients.push(String(id));
    return String(id);
  }

  protected addService(line: string, client: string, product: keyof typeof LINE_PRODUCTS): number {
    const row = { client: Number(client), product: LINE_PRODUCTS[product].id, nextDueDate: '2029-12-01' };
    return this.whmcs.addService({ ...row, fields: { [LINE_FIELD]: line } });
  }

  protected doubtWindow(line: Line): void {
    const later = addDays(localDate(this.now, this.timeZone), 2);
    line.unsureUntil = dayBegin(later, this.timeZone);
  }

  protected async sync(): Promise<void> {
    if (this.random.chance(0.4)) await this.world.shakily((sluice) => sluice.services.sync({ allowMass: true }));
    const report = await this.world.surely((sluice) => sluice.services.sync({ allowMass: true }));
    this.world.same('problems of a sync', report.problems, []);
    // The second of a change is still the former owner's.
    this.world.clock.advance(2000);
  }

  protected async settle(): Promise<void> {
    const { world } = this;
    for (const work of ['poll', 'reconcile'] as const) {
      world.clock.advance(20 * MINUTE);
      const { error } = await world.surely((sluice) => sluice[work]({ allowMass: true }));
      world.same('the error of a run without faults', error, null);
    }
    for (const line of this.subjects) {
      const should = isSuspended(line, this.now, this.timeZone);
      const is = this.panel.subscriber(line.id).status;
      if (should !== null) world.same(`line ${line.id}`, is, should ? 'suspended' : 'active');
    }
    world.clock.advance(20 * MINUTE);
    await world.surely((sluice) => sluice.calls.bill());
    world.clock.advance(20 * MINUTE);
    const { bills } = await world.surely((sluice) => sluice.calls.bill({ resend: true }));
    const wrong = bills.filter(({ error }) => error !== null).map(({ service, error }) => [service, error?.message]);
    world.same('bills that fail without faults', wrong, []);
    for (const client of this.clients) {
      const [billed, owed] = [this.billed(client), owedBy(client, this.calls)];
      world.same(`that ${client} pays at most ${toAmount(owed)}, not ${toAmount(billed)}`, billed <= owed, true);
    }
  }

  protected billed(client: string): number {
    const lines = this.whmcs.invoices(Number(client)).filter(({ status }) => status !== 'Cancelled');
    const ofCalls = lines.flatMap((invoice) => invoice.lines).filter(({ description }) => description.includes('AB:'));
    return ofCalls.reduce((sum, { amount }) => sum + toCents(amount), 0);
  }

  protected async checkViews(): Promise<void> {
    const { bills } = await this.world.surely((sluice) => sluice.calls.bills());
    const from = new Date(this.began - DAY).toISOString().slice(0, 10);
    const views = this.subjects.map(({ client, service }) => ({
      ...{ client, services: [`whmcs-${service}`] },
      foreign: this.clients.filter((other) => other !== client),
      paths: [
        ...bills.map(({ id }) => `/call-bills/${id}/report`),
        `/services/whmcs-${service}/calls?from=${from}`,
        `/services/whmcs-${service}/call-report?period=previous-month`,
      ],
    }));
    await checkViews(this.world, views);
  }
}
