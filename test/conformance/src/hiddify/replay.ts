import { plainRow, ReplayCast } from './cast.js';
import { send, type WireAnswer } from './http.js';
import { type ReplayStep } from './step.js';

/** What is replayed against: base URL with the administrators' path, and the Owner's key. */
export interface ReplayTarget {
  readonly url: string;
  readonly key: string;
}

/** What one step brought, with everything taken out that differs between two panels. */
export interface ReplayOutcome {
  readonly title: string;
  readonly status: number;
  readonly type: string | undefined;
  readonly location: string | undefined;
  readonly allow: readonly string[];
  /** What the link of a user tells apps of its usage, without its date. */
  readonly subscription: string | undefined;
  readonly answer: unknown;
  /** The run's administrators and users as the Owner lists them afterwards; `undefined` for a step that only reads. */
  readonly effect: unknown;
}

type Row = Readonly<Record<string, unknown>>;
const admins = '/api/v2/admin/admin_user/';
const users = '/api/v2/admin/user/';

/** Plays steps against a panel, one after the other, and removes at the end what they made. */
export class ReplayRun {
  private readonly base: URL;
  private readonly cast: ReplayCast;
  private clientPath = '';

  constructor(private readonly target: ReplayTarget) {
    this.base = new URL(target.url);
    this.cast = new ReplayCast(this.base, target.key);
  }

  async play(steps: readonly ReplayStep[]): Promise<ReplayOutcome[]> {
    const outcomes: ReplayOutcome[] = [];
    try {
      this.clientPath = await this.readClientPath();
      for (const step of steps) outcomes.push(await this.step(step));
    } finally {
      await this.cleanUp();
    }
    return outcomes;
  }

  /** Plays one step so many times at once; gives the statuses and how many rows with that uuid there are afterwards. */
  async atOnce(step: ReplayStep, times: number): Promise<{ statuses: number[]; outcomes: ReplayOutcome[] }> {
    try {
      const answers = await Promise.all(Array.from({ length: times }, () => this.call(step)));
      const effect = await this.rows();
      return {
        statuses: answers.map((answer) => answer.status).sort((a, b) => a - b),
        outcomes: answers.map((answer) => this.outcome(step, answer, effect)),
      };
    } finally {
      await this.cleanUp();
    }
  }

  /** The recorded expectation of a step with this run's names in it, in the form of its outcome. */
  expected(step: ReplayStep): Record<string, unknown> {
    return JSON.parse(this.cast.plain(this.cast.fill(JSON.stringify(step.has ?? {})))) as Record<string, unknown>;
  }

  private async step(step: ReplayStep): Promise<ReplayOutcome> {
    const answer = await this.call(step);
    const reads = ['GET', 'HEAD', 'OPTIONS'].includes(step.method);
    return this.outcome(step, answer, reads ? undefined : await this.rows());
  }

  private call(step: ReplayStep): Promise<WireAnswer> {
    const headers: Record<string, string> = {
      Accept: 'application/json',
      'Content-Type': 'application/json',
      'User-Agent': 'Sluice/1.0',
    };
    if (step.key !== 'none') headers['Hiddify-API-Key'] = this.cast.fill(step.key ?? '{owner}');
    for (const [name, value] of Object.entries(step.headers ?? {})) {
      if (value === null) Reflect.deleteProperty(headers, name);
      else headers[name] = basic(this.cast.fill(value));
    }
    const text = step.text ?? (step.json === undefined ? undefined : JSON.stringify(step.json));
    const { origin } = this.base;
    const start = {
      'unknown-path': `${origin}/nowhere`,
      'client-path': `${origin}/${this.clientPath}`,
      host: origin,
    };
    return send({
      method: step.method,
      url: (step.below === undefined ? this.target.url : start[step.below]) + this.cast.fill(step.path),
      headers,
      body: text === undefined ? undefined : this.cast.fill(text),
    });
  }

  private outcome(step: ReplayStep, answer: WireAnswer, effect: unknown): ReplayOutcome {
    const allow = answer.headers['allow'];
    return {
      title: step.title,
      status: answer.status,
      type: single(answer.headers['content-type']),
      location: this.plainHeader(answer.headers['location']),
      subscription: this.plainHeader(answer.headers['subscription-userinfo'])?.replace(/expire=\d+$/, 'expire=<date>'),
      allow: allow === undefined ? [] : String(allow).split(', ').sort(),
      answer: this.body(step, answer),
      effect,
    };
  }

  private body(step: ReplayStep, answer: WireAnswer): unknown {
    const text = this.cast.plain(answer.text);
    const json = parsed(text);
    // The configurations for apps are of the panel's domains.
    if (step.below === 'client-path') return text.length > 0;
    if (step.path === '/api/openapi.json') return described(json);
    if (step.path.startsWith('/api/v2/admin/server_status/') && answer.status === 200) return measured(json);
    if (step.path === '/api/v2/admin/update_user_usage/' && answer.status === 200)
      return { ...(json as Row), date: '' };
    if (Array.isArray(json)) return this.mine(parsed(answer.text) as Row[]);
    if (typeof json !== 'object' || json === null) return text;
    return cutText(plainRow(json) as Row);
  }

  /** The rows of this run as the Owner lists them. */
  private async rows(): Promise<unknown> {
    const [adminRows, userRows] = await this.lists();
    return { admins: this.mine(adminRows), users: this.mine(userRows) };
  }

  private async lists(): Promise<[Row[], Row[]]> {
    const get = async (path: string): Promise<Row[]> => {
      const answer = await this.call({ title: path, method: 'GET', path, status: 200 });
      const rows = parsed(answer.text);
      return Array.isArray(rows) ? (rows as Row[]) : [];
    };
    return [await get(admins), await get(users)];
  }

  /** The first segment of the users' links: only this list of secrets has it. */
  private async readClientPath(): Promise<string> {
    const path = '/api/v2/admin/all-configs/';
    const answer = await this.call({ title: path, method: 'GET', path, status: 200 });
    const { chconfigs } = JSON.parse(answer.text) as { chconfigs: Record<string, Record<string, string>> };
    return chconfigs['0']?.['proxy_path_client'] ?? '';
  }

  private mine(rows: readonly Row[]): unknown[] {
    return rows
      .filter((row) => this.cast.owns(row))
      .map((row) => plainRow(JSON.parse(this.cast.plain(JSON.stringify(row)))))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }

  /** Users first, then administrators from the leaves up; rows that no list shows are reached by uuid. */
  private async cleanUp(): Promise<void> {
    const remove = (path: string): Promise<WireAnswer> => this.call({ title: '', method: 'DELETE', path, status: 200 });
    for (const uuid of this.cast.members()) await remove(`${users}${uuid}/`);
    const [, userRows] = await this.lists();
    for (const row of userRows) if (this.cast.owns(row)) await remove(`${users}${String(row['uuid'])}/`);
    let left = Infinity;
    for (;;) {
      for (const uuid of this.cast.members()) await remove(`${admins}${uuid}/`);
      const [rows] = await this.lists();
      const mine = rows.filter((row) => this.cast.owns(row));
      if (mine.length === 0 || mine.length >= left) return;
      left = mine.length;
      for (const row of mine) await remove(`${admins}${String(row['uuid'])}/`);
    }
  }

  private plainHeader(value: string | string[] | undefined): string | undefined {
    if (value === undefined) return undefined;
    const text = this.cast.plain(String(value));
    return this.clientPath === '' ? text : text.replaceAll(this.clientPath, '<client path>');
  }
}

/** `Basic name:password` in clear becomes what goes over the wire. */
function basic(value: string): string {
  const clear = /^Basic (.*)$/.exec(value);
  return clear === null ? value : `Basic ${Buffer.from(String(clear[1])).toString('base64')}`;
}

function single(value: string | string[] | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The name of the recorded panel's database; another panel's may have any. */
const DATABASE = '`hiddifypanel`.';

/** Statements and parameters of database errors differ with the panel's columns: only the first line counts. */
function cutText(row: Row): Row {
  const msg = row['msg'];
  return typeof msg === 'string'
    ? { ...row, msg: msg.split('\n')[0]?.replaceAll(/(?<!\.)`\w+`\.(?=`)/g, DATABASE) }
    : row;
}

function described(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  const paths = Object.keys((json as { paths?: object }).paths ?? {});
  return {
    keys: Object.keys(json).sort(),
    paths: paths.filter((path) => /\/api\/v2\/(admin|panel)\//.test(path)).sort(),
  };
}

/** Figures of the machine as their types; figures of traffic as they are. */
function measured(json: unknown): unknown {
  const { stats, usage_history: history } = json as {
    stats: Record<string, Record<string, unknown>>;
    usage_history: unknown;
  };
  const shapes = Object.entries(stats).map(([part, values]) => {
    return [part, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shape(value)]))];
  });
  return { stats: Object.fromEntries(shapes) as unknown, usage_history: history };
}

function shape(value: unknown): unknown {
  return Array.isArray(value) ? value.map(shape) : typeof value;
}
