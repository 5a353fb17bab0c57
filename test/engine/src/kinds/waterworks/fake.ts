import { type FakeServer, type FakeRequest, type FakeResponse, startFakeServer } from '@sluice/fake-panels';

/** A meter with two valves. Its name need not be unique; an id is given again once its meter is removed. */
export interface Meter {
  id: string;
  name: string;
  pipe: string;
  valves: Record<string, 'open' | 'shut'>;
  /** Litres by their instants. */
  flow: { at: number; litres: number }[];
  /** Of a wholesaler's meter: who sells its water, and how many litres. */
  seller?: string;
  cap?: number;
}

/** A wholesaler sells water on meters of its own, and below another one. */
interface Wholesaler {
  id: string;
  name: string;
  above: string | null;
}

/** Meters on one page of the list. */
const PAGE = 2;

/** The panel of a waterworks over HTTP. */
export class FakeWaterworks {
  readonly meters = new Map<string, Meter>();
  readonly wholesalers: Wholesaler[] = [];
  /** Switches that changed nothing: the customer got a letter all the same. */
  readonly letters: string[] = [];
  server!: FakeServer;

  static async start(now: () => number): Promise<FakeWaterworks> {
    const fake = new FakeWaterworks();
    fake.server = await startFakeServer({
      name: 'Waterworks',
      handle: (request) => fake.#handle(request),
      toEndpoint: ({ method, path }) => `${method} ${path.replace(/m-\d+/, '{id}')}`,
      changing: ({ method }) => method !== 'GET',
      now,
    });
    return fake;
  }

  add(name: string, pipe = 'narrow', more: Partial<Meter> = {}): Meter {
    let n = 1;
    while (this.meters.has(`m-${n}`)) n += 1;
    const meter: Meter = { id: `m-${n}`, name, pipe, valves: { hot: 'open', cold: 'open' }, flow: [], ...more };
    this.meters.set(meter.id, meter);
    return meter;
  }

  #handle({ method, path, query, json, headers }: FakeRequest): FakeResponse {
    if (headers['authorization'] !== 'Bearer water-key') return { status: 401, body: { error: 'key' } };
    if (path === '/wholesalers') return { status: 200, body: { wholesalers: this.wholesalers } };
    const [, , id = '', what, valve = '', to] = path.split('/');
    if (id === '') {
      if (method === 'GET') return this.#list(Number(query.get('page') ?? 1));
      const { name, pipe, ...more } = json() as Pick<Meter, 'name' | 'pipe'> & Partial<Meter>;
      return { status: 201, body: toRow(this.add(name, pipe, more)) };
    }
    const meter = this.meters.get(id);
    if (meter === undefined) return { status: 404, body: { error: 'no such meter' } };
    if (method === 'DELETE') this.meters.delete(id);
    if (method === 'PATCH') Object.assign(meter, json());
    if (what === 'flow') return { status: 200, body: toFlow(meter, query) };
    if (what === 'valves') {
      const state = to === 'shut' ? 'shut' : 'open';
      if (meter.valves[valve] === state) this.letters.push(`${state} ${valve} of ${meter.name} was repeated`);
      meter.valves[valve] = state;
    }
    return { status: 200, body: method === 'GET' ? toRow(meter) : { result: 'done' } };
  }

  #list(page: number): FakeResponse {
    const rows = [...this.meters.values()].map(toRow);
    const from = (page - 1) * PAGE;
    return { status: 200, body: { total: rows.length, meters: rows.slice(from, from + PAGE) } };
  }
}

function toRow({ flow, ...row }: Meter): object {
  return { ...row, litres: flow.reduce((sum, { litres }) => sum + litres, 0) };
}

function toFlow({ flow }: Meter, query: URLSearchParams): object {
  const [from, until] = ['from', 'until'].map((name) => Date.parse(query.get(name) ?? ''));
  const passed = flow.filter(({ at }) => at >= (from ?? 0) && at < (until ?? 0));
  return { litres: passed.reduce((sum, { litres }) => sum + litres, 0) };
}
