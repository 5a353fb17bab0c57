import { createHmac } from 'node:crypto';
import type { ReplayCall, ReplayStep } from './step.js';
import type { ReplayTarget } from './target.js';

/** What one step brought, with everything taken out that differs between two panels. */
export interface ReplayOutcome {
  readonly title: string;
  readonly status: number;
  /** A page shows only that it is one; other text as it is. */
  readonly answer: unknown;
  /** The charges as they were written. */
  readonly floats?: readonly string[];
}

/** Which table an id column refers to. */
const tables: Readonly<Record<string, string>> = {
  id_user: 'user',
  id_plan: 'plan',
  id_prefix: 'prefix',
  id_trunk_group: 'trunkGroup',
  id_trunk: 'trunk',
  id_provider: 'provider',
  id_did: 'did',
  id_sip: 'sip',
};
const cleanUps = ['diddestination', 'rate', 'trunkGroup', 'trunk', 'provider', 'prefix', 'user', 'plan'];

/** Plays steps against a panel, one after the other, and removes at the end what they made. */
export class ReplayRun {
  /** Seven digits, so that it may be a part of a number. */
  private readonly tag: string;
  private readonly ids = new Map<string, string>();
  /** `TABLE:ID` of everything that was made, with its name. */
  private readonly names = new Map<string, string>();

  constructor(
    private readonly target: ReplayTarget,
    random: () => number = Math.random,
  ) {
    this.tag = String(1_000_000 + Math.floor(random() * 8_999_999));
  }

  async play(steps: readonly ReplayStep[], calls: readonly ReplayCall[]): Promise<ReplayOutcome[]> {
    const outcomes: ReplayOutcome[] = [];
    try {
      for (const step of steps) {
        if (step.target.startsWith('call/') && calls.length > 0) {
          await this.target.addCalls(this.ids.get('ana') ?? '', calls);
          calls = [];
        }
        outcomes.push(await this.step(step));
      }
    } finally {
      await this.cleanUp();
    }
    return outcomes;
  }

  private async step(step: ReplayStep): Promise<ReplayOutcome> {
    const { status, text } = await this.send(step);
    const [module = ''] = step.target.split('/');
    const json = parsed(text);
    if (json !== undefined && step.keep !== undefined) this.keep(module, step.keep, json);
    const answer = json === undefined ? plainAnswer(text) : this.plain(json, module, step.shows);
    const untagged = JSON.parse(JSON.stringify(answer).replaceAll(this.tag, '<tag>')) as unknown;
    const floats = text.match(/(?<="sessionbill":)[^,]+/g);
    return { title: step.title, status, answer: untagged, ...(floats === null ? {} : { floats }) };
  }

  private async send({ target, fields, raw }: ReplayStep): Promise<{ status: number; text: string }> {
    const [module = '', action = ''] = (target.split('?')[0] ?? '').split('/');
    const pairs = Object.entries({ module, action, ...fields }).map(
      ([name, value]) => `${escape(name)}=${escape(this.fill(value))}`,
    );
    const body = raw?.body === undefined ? pairs.join('&') : this.fill(raw.body);
    const sign = createHmac('sha512', this.target.secret).update(body).digest('hex');
    const headers = raw?.headers ?? { Key: this.target.key, Sign: sign };
    const answer = await fetch(`${this.target.url}/index.php/${target}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      body,
    });
    return { status: answer.status, text: await answer.text() };
  }

  private fill(text: string): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
      name === 'tag' ? this.tag : (this.ids.get(name) ?? whole),
    );
  }

  private keep(module: string, name: string, json: Record<string, unknown>): void {
    const [row] = Array.isArray(json.rows) ? (json.rows as { id?: unknown }[]) : [json.data as { id?: unknown }];
    if (row?.id === undefined) return;
    this.ids.set(name, String(row.id as number));
    this.names.set(`${module}:${String(row.id as number)}`, name);
  }

  /** Ids become their names; times, pins and statements go. */
  private plain(json: Record<string, unknown>, module: string, shows: readonly string[] | undefined): unknown {
    const plainRow = (row: unknown): unknown => {
      if (typeof row !== 'object' || row === null || Array.isArray(row)) return row;
      const entries = Object.entries(row).filter(([column]) => shows === undefined || shows.includes(column));
      return Object.fromEntries(entries.map(([column, value]) => [column, this.cell(module, column, value)]));
    };
    const rows = Array.isArray(json.rows) ? { rows: json.rows.map(plainRow) } : {};
    const data = json.data === undefined ? {} : { data: plainRow(json.data) };
    const errors = typeof json.errors === 'string' ? { errors: withoutStatement(json.errors) } : {};
    return { ...json, ...rows, ...data, ...errors };
  }

  private cell(module: string, column: string, value: unknown): unknown {
    if (['creationdate', 'startingdate', 'date'].includes(column)) return '<time>';
    if (column === 'callingcard_pin') return '<pin>';
    const table = column === 'id' ? module : tables[column];
    if (table === undefined || value === null) return value;
    if (Array.isArray(value)) return value.map((one) => this.cell(module, column, one));
    return this.names.get(`${table}:${String(value as number)}`) ?? '<other>';
  }

  private async cleanUp(): Promise<void> {
    const dids = [...this.names.keys()].filter((key) => key.startsWith('did:')).map((key) => key.slice(4));
    await this.send({ title: '', target: 'did/liberar', fields: { ids: `[${dids.join(',')}]` } });
    for (const id of dids) await this.send({ title: '', target: 'did/destroy', fields: {}, raw: { body: `id=${id}` } });
    for (const table of cleanUps) {
      for (const key of this.names.keys()) {
        const [of, id = ''] = key.split(':');
        if (of === table) await this.send({ title: '', target: `${table}/destroy`, fields: { id } });
      }
    }
  }
}

const withoutStatement = (text: string): string =>
  text.replace(/ The SQL statement executed was:.*/s, '').replace(/(constraint fails) .*/s, '$1');

const plainAnswer = (text: string): string => (/^\s*</.test(text) ? '<page>' : text);

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function escape(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, '+');
}
