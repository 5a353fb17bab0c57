import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { promisify } from 'node:util';

const { SLUICE_TEST_MAGNUS_URL: url, SLUICE_TEST_MAGNUS_KEY: key, SLUICE_TEST_MAGNUS_SECRET: secret } = process.env;
const { SLUICE_TEST_MAGNUS_SQL: database } = process.env;

/** Whether the environment names a panel. */
export const isNamed = url !== undefined && key !== undefined && secret !== undefined && database !== undefined;
export const panelUrl = String(url).replace(/\/+$/, '');
export const token = `${String(key)}:${String(secret)}`;

/** A row as the panel returns it. */
export type Row = Record<string, string | number | null>;

/** The panel's own API. */
export class PanelApi {
  constructor(
    private readonly address: string,
    private readonly credential: string,
  ) {}

  save = async (module: string, fields: Row): Promise<string> => {
    const [row] = await this.#act(module, 'save', { id: 0, ...fields });
    if (row?.['id'] === undefined) throw new Error(`The panel made no ${module}.`);
    return String(row['id']);
  };

  find = (module: string, field: string, value: string): Promise<Row[]> => {
    const filter = JSON.stringify([{ type: 'numeric', field, comparison: 'eq', value }]);
    return this.#act(module, 'read', { filter, limit: 100 });
  };

  destroy = async (module: string, id: string): Promise<void> => {
    await this.#act(module, 'destroy', { id });
  };

  /** Removes lines by username, numbers and plans. */
  remove = async (found: { usernames: string[]; numbers: string[]; plans: string[] }): Promise<void> => {
    const dids = (await Promise.all(found.numbers.map((number) => this.find('did', 'did', number)))).flat();
    await this.#act('did', 'liberar', { ids: JSON.stringify(dids.map(({ id }) => Number(id))) });
    for (const { id } of dids) await this.#send('did/destroy', `id=${String(id)}`);
    for (const username of found.usernames) {
      for (const { id = '' } of await this.find('user', 'username', username))
        await this.#act('user', 'destroy', { id });
    }
    for (const id of found.plans) await this.#act('plan', 'destroy', { id });
  };

  async #act(module: string, action: string, fields: Row): Promise<Row[]> {
    const all: Row = { module, action, ...fields };
    const pairs = Object.entries(all).map(([name, value]) => `${encode(name)}=${encode(String(value))}`);
    return (await this.#send(`${module}/${action}`, pairs.join('&'))).rows ?? [];
  }

  async #send(target: string, body: string): Promise<{ rows?: Row[]; success?: unknown }> {
    const [own = '', secretOf = ''] = this.credential.split(':');
    const sign = createHmac('sha512', secretOf).update(body).digest('hex');
    const answer = await fetch(`${this.address}/index.php/${target}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', Key: own, Sign: sign },
      body,
    });
    return JSON.parse(await answer.text()) as { rows?: Row[] };
  }
}

export const { save, find, remove } = new PanelApi(panelUrl, token);

const encode = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, '+');

/** A call record; the time is the panel's own. */
export interface RealCall {
  at: string;
  seconds: number;
  charge: string;
  destination: string;
  callerId?: string;
}

/** Puts call records of a line into the panel's database: its API makes none. */
export async function addCalls(user: string, calls: readonly RealCall[]): Promise<void> {
  const columns =
    'id_user,id_plan,callerid,uniqueid,starttime,sessiontime,calledstation,sessionbill,sipiax,src,buycost,real_sessiontime,terminatecauseid,agent_bill';
  const rows = calls.map(
    ({ at, seconds, charge, destination, callerId = '551133330000' }, index) =>
      `(${Number(user)},@plan,'${callerId}','life.${index}','${at}',${seconds},'${destination}',${charge},0,'src',0,${seconds},1,0)`,
  );
  // A trigger changes the user, so that the insert itself must not read it.
  const plan = `SET @plan = (SELECT id_plan FROM pkg_user WHERE id = ${Number(user)})`;
  const statement = `${plan}; INSERT INTO pkg_cdr (${columns}) VALUES ${rows.join(',')}`;
  await query(statement);
}

/** Returns all rows of tables of the panel's database, in the order of their ids, each as a line of text. */
export async function readTables(...tables: string[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const table of tables) {
    const text = await query(`SELECT * FROM ${table} ORDER BY id`);
    found[table] = text.split('\n').slice(1, -1);
  }
  return found;
}

async function query(statement: string): Promise<string> {
  const { username, password, hostname, port, pathname } = new URL(String(database));
  const args = ['-h', hostname, '-P', port || '3306', '-u', username, pathname.slice(1), '-e', statement];
  const options = { env: { ...process.env, MYSQL_PWD: password }, maxBuffer: 2 ** 26 };
  return (await promisify(execFile)('mariadb', args, options)).stdout;
}
