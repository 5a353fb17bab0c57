import { toCsrfToken } from '../access/viewer.js';
import type { DashboardOptions } from '../index.js';
import { type EveryPage, startEveryPage } from './every-page.js';
import { Link, toKey } from './share-link.js';

/** Where the API is. */
export const API = '/api/v1';
/** What nobody needs a token for; each is looked at elsewhere. A new one needs a line here. */
const OPEN: readonly (string | RegExp)[] = [
  ...['GET /healthz', 'GET /metrics', 'GET /login', 'POST /login', 'POST /logout', `GET ${API}/openapi.json`],
  ...['GET /mails/:token', 'POST /mails/:token', 'GET /mails/confirm/:token', 'POST /mails/confirm/:token'],
  ...['GET /app.webmanifest', 'GET /brand/:file'],
  /^GET \/assets\/[^:]*$/,
];
/** Any request states all of it: forms and documents read what they know. */
const FIELDS = {
  ...{ package: 'extra-50', threshold: '10GB', max: '1', confirmed: 'yes', number: '+551142000001', name: 'x' },
  ...{ destination: '5511999990000', caller_id: '1142000001', traffic: '1', days: '1', address: 'a@example.com' },
};

/** Who sends a request, and with which token of the form. */
export interface Sender {
  token?: string;
  cookie?: string;
  csrf?: string;
}

/** A caller of the API with a token, and with a session that began with it. */
export interface Caller {
  token: string;
  session: { cookie: string; csrf: string };
}

/** Every route of a dashboard in which nothing is of its callers: all parameters name what is of others. */
export class ForeignRoutes {
  private constructor(
    readonly pages: EveryPage,
    /** Values of parameters: what is of another client or agent, or of the provider. */
    readonly foreign: Readonly<Record<string, string>>,
    /** Texts that only who may see what is foreign gets. */
    readonly marks: readonly string[],
    readonly callers: Readonly<Record<'client' | 'agent' | 'reader' | 'operator', Caller>>,
    readonly links: Readonly<Record<'client' | 'agent', Link>>,
  ) {}

  static async start(limits: DashboardOptions['limits'] = {}): Promise<ForeignRoutes> {
    const many = { requestsPerMinute: 1e6, refusalsPerMinute: 1e6, filesPerMinute: 1e6, loginsPerMinute: 1e6 };
    const pages = await startEveryPage({ ...many, ...limits });
    const { at, others, link } = pages;
    const { sluice } = at;
    await at.addService(40, 'c-own', 20);
    await sluice.services.set('svc-1', { name: 'FOREIGN service', client_name: 'FOREIGN person' });
    await sluice.credit.add('c-1', { amount: '50.00', currency: 'EUR', ref: 'foreign' });
    const { agents } = await sluice.agents.list({ panel: 'vpn' });
    const own = agents.find(({ uuid }) => uuid !== others.agent)?.uuid ?? '';
    const { users } = await sluice.agents.users(others.agent, { panel: 'vpn' });
    const [user = { uuid: '', name: '' }] = users;
    const [bill] = (await sluice.calls.bills({ service: 'line-1' })).bills;
    const newest = async (kind: 'run' | 'action') =>
      String((await sluice.log.list({ kinds: [kind] })).entries.map((entry) => ('id' in entry ? entry.id : null))[0]);
    const foreign = {
      ...{ service: 'svc-1', client: 'c-1', panel: 'dcim', name: 'dcim', agent: others.agent, user: user.uuid },
      ...{ bill: bill?.id ?? '', invoice: bill?.invoice ?? '', purchase: 'p-1', resource: 'plans' },
      ...{ number: others.number, run: await newest('run'), action: await newest('action'), token: link.id },
      ...{ alarm: 'alarm-1', verb: 'x', id: 'svc-1', shareToken: link.token },
    };
    const ids = ['FOREIGN', 'svc-1', 'svc-2', 'relay-1', 'vpn-1', 'line-1'];
    const marks = [...ids, others.agent, user.uuid, foreign.bill === '' ? 'x' : foreign.bill];
    const toCaller = async (...scopes: string[]): Promise<Caller> => {
      const token = await at.token(...scopes);
      const cookie = await at.login(token);
      return { token, session: { cookie, csrf: toCsrfToken(/=([^;]*)/.exec(cookie)?.[1] ?? '') } };
    };
    const callers = {
      client: await toCaller('client:c-own', 'buy', 'manage', 'password'),
      agent: await toCaller(`agent:${own}`),
      reader: await toCaller('read'),
      operator: await toCaller('operate', 'tokens'),
    };
    const links = {
      client: await Link.open(at, { client: 'c-own', buy: true, manage: true, changePassword: true }),
      agent: await Link.open(at, { agent: own }),
    };
    return new ForeignRoutes(pages, foreign, marks, callers, links);
  }

  /** All routes but those that nobody needs a token for; a HEAD is a GET. */
  list(): string[] {
    return [...new Set(this.pages.at.dashboard.routes)].filter(
      (route) => !/^(HEAD|OPTIONS) /.test(route) && !isOpen(route),
    );
  }

  /** Returns the path of a route with what is foreign in the place of its parameters. */
  toPath(route: string): string {
    const { foreign } = this;
    const [, path = ''] = route.split(' ');
    return path.replaceAll(/(?<=([\w:-]+)\/):(\w+)/g, (_, before: string, name: string) => {
      const of = name === 'id' ? IDS[before]?.(foreign) : foreign[name];
      if (of === undefined || of === '') throw new Error(`nothing foreign is known for :${name} of ${route}`);
      return encodeURIComponent(of);
    });
  }

  /** Sends a request of a route; its body is a form of all fields, or an empty document. */
  async ask(route: string, path: string, by: Sender, headers: Record<string, string> = {}) {
    const [method = ''] = route.split(' ');
    const { csrf = 'x', ...who } = by;
    const isApi = path.startsWith(API);
    const body = isApi ? JSON.stringify({}) : new URLSearchParams({ ...FIELDS, csrf, key: toKey() }).toString();
    const type = isApi ? 'application/json' : 'application/x-www-form-urlencoded';
    // What is counted for each minute is counted elsewhere.
    this.pages.at.clock.advance(2000);
    const more = { 'content-type': type, 'idempotency-key': toKey(), ...headers };
    const answer = await this.pages.at.fetch(path, {
      ...{ method, ...who },
      ...(method === 'GET' ? {} : { body, headers: more }),
    });
    return { status: answer.status, to: answer.headers.get('location') ?? '', text: await answer.text() };
  }

  /** What a request could have changed of others. */
  async snapshot(): Promise<string> {
    const { sluice } = this.pages.at;
    const { entries } = await sluice.log.list({ limit: 100_000 });
    const balances = await Promise.all(['c-1', 'c-own'].map((client) => sluice.credit.show(client)));
    const about = entries.filter((entry) => this.findMarks(JSON.stringify(entry), '').length > 0);
    return JSON.stringify([about.length, balances, await sluice.services.list()]);
  }

  /** Marks of others in an answer, but for what the request itself has. */
  findMarks(text: string, path: string): string[] {
    return this.marks.filter((mark) => text.includes(mark) && !decodeURIComponent(path).includes(mark));
  }

  close(): Promise<void> {
    return this.pages.close();
  }
}

const isOpen = (route: string): boolean =>
  OPEN.some((one) => (typeof one === 'string' ? one === route : one.test(route)));

/** What `:id` is of, by what stands before it. */
const IDS: Record<string, (foreign: Readonly<Record<string, string>>) => string> = {
  services: () => 'svc-1',
  agents: ({ agent = '' }) => agent,
  runs: ({ run = '' }) => run,
  alarms: () => 'alarm-1',
  lines: () => '9001',
  dids: () => '72',
  plans: () => '11',
  ':resource': () => '11',
  bills: ({ bill = '' }) => bill,
};
