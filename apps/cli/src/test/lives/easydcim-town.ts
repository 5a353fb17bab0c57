import type { FakeEasyDcim } from '@sluice/fake-panels';
import { monthOf } from './calendar.js';
import { type OwnedService, type Place, toWanted, usedInCycle } from './easydcim-model.js';
import { GB, type LifeWorld, MINUTE } from './life-world.js';
import { PayingLife } from './paying-life.js';
import { checkViews } from './visibility.js';

/** A day that every month has. */
export const LATEST_CYCLE_DAY = 28;

/** What a life happens to: its objects, and how they are compared with the model. */
export abstract class EasyDcimTown extends PayingLife<Place> {
  protected readonly subjects: Place[] = [];
  protected number = 0;
  protected constructor(
    world: LifeWorld,
    readonly panel: FakeEasyDcim,
    protected readonly zone: string,
  ) {
    super(world);
  }

  protected nameOf({ owner }: Place): string {
    return owner.id;
  }

  protected productOf({ owner }: Place): string {
    return owner.product;
  }

  protected async addPlace(number: number): Promise<void> {
    const place = {
      ...{ server: 300 + number, service: 500 + number, order: 900 + number },
      ports: [7001, 7002].map((id) => id + number * 10),
      ...{ staffDown: new Set<number>(), traffic: [] },
    };
    this.addToPanel(place);
    this.subjects.push(await this.addOwner(place, this.random.whole(1, LATEST_CYCLE_DAY)));
  }

  protected addToPanel({ server, service, order, ports }: Omit<Place, 'owner'>): void {
    const rows = ports.map((id) => ({ id, name: `eth${id % 10}` }));
    this.panel.addService({ id: service, orderId: order, serverId: server, user: service, ports: rows });
  }

  protected async addOwner(place: Omit<Place, 'owner'>, day: number): Promise<Place> {
    const client = await this.addClient();
    const id = `svc-${++this.number}-of-${client}`;
    this.mark(client, id);
    const { to } = monthOf(this.now, day, this.zone);
    await this.world.surely((sluice) =>
      sluice.services.add(id, {
        ...{ panel: 'dcim', product: 'ports', client, billing_cycle: 'monthly', next_due_date: to },
        easydcim_service_id: String(place.service),
        easydcim_order_id: String(place.order),
        easydcim_server_id: String(place.server),
      }),
    );
    const owner: OwnedService = {
      ...{ id, client, product: 'ports', day, manual: false, protectedUntil: null },
      ...{ bought: new Map(), formerLimitsUntil: 0, certain: [] },
    };
    return Object.assign(place, { owner });
  }

  protected async settle(): Promise<void> {
    const { world } = this;
    for (const work of ['poll', 'reconcile', 'poll'] as const) {
      world.clock.advance(20 * MINUTE);
      const report = await world.surely((sluice) => sluice[work]({ allowMass: true }));
      if (work === 'reconcile') continue;
      const wrong = report.services.filter(({ error }) => error !== null).map(({ id, error }) => [id, error]);
      world.same('errors of a run without faults', [report.error, wrong], [null, []]);
      for (const { owner } of this.subjects) owner.certain.push(this.now);
    }
    for (const place of this.subjects) this.compare(place);
    await this.compareMoney();
    world.same('actions without an outcome', await world.store.actions.unresolved(), []);
  }

  protected compare(place: Place): void {
    const { world } = this;
    const wanted = toWanted(place, this.now, this.zone);
    const is = this.look(place);
    const used = usedInCycle(place, this.now, this.zone).bytes / GB;
    const what = `${place.owner.id} (${place.owner.product}, ${used} GB used)`;
    if (wanted.portsDown !== null) {
      const should = place.ports.map((id) => (wanted.portsDown || place.staffDown.has(id) ? 'down' : 'up'));
      world.same(`ports of ${what}`, is.ports, should);
    }
    world.same(`order of ${what}`, is.order, wanted.orderSuspended ? 'suspended' : 'active');
  }

  protected look({ ports, order }: Place): { ports: string[]; order: string } {
    return { ports: ports.map((id) => this.panel.port(id).adminState), order: this.panel.order(order).status };
  }

  protected async checkViews(): Promise<void> {
    const views = this.subjects.map(({ owner }) => ({
      client: owner.client,
      services: [owner.id],
      foreign: this.listMarksOfOthers(owner.client).filter((mark) => !owner.id.endsWith(mark)),
    }));
    await checkViews(this.world, views);
  }
}
