import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { FakeAstbilling } from '@sluice/fake-panels';
import type { ReplayCall } from './step.js';

/** What is replayed against. */
export interface ReplayTarget {
  /** The panel's folder, such as `http://127.0.0.1/mbilling`. */
  readonly url: string;
  readonly key: string;
  readonly secret: string;
  /** Puts call records of a user into the database; the panel has no request for it. */
  addCalls(user: string, calls: readonly ReplayCall[]): Promise<void>;
}

export function fakeTarget(fake: FakeAstbilling): ReplayTarget {
  const [key = '', secret = ''] = fake.credential.split(':');
  return {
    url: `${fake.url}/mbilling`,
    key,
    secret,
    addCalls: (user, calls) => {
      for (const { startedAt, inbound, destination, ...call } of calls) {
        fake.addCall({
          ...call,
          subscriber: user,
          startedAt: `${startedAt.replace(' ', 'T')}-03:00`,
          source: '551140001234',
          destination,
          direction: inbound ? 'inbound' : 'outbound',
        });
      }
      return Promise.resolve();
    },
  };
}

/** The panel of the environment; undefined without one. Call records need its database, as `mysql://USER:PASSWORD@HOST:PORT/NAME`. */
export function realTarget(env: NodeJS.ProcessEnv): ReplayTarget | undefined {
  const { SLUICE_TEST_MAGNUS_URL: url, SLUICE_TEST_MAGNUS_KEY: key, SLUICE_TEST_MAGNUS_SECRET: secret } = env;
  const sql = env.SLUICE_TEST_MAGNUS_SQL;
  if (url === undefined || key === undefined || secret === undefined || sql === undefined) return undefined;
  return { url, key, secret, addCalls: (user, calls) => insert(new URL(sql), user, calls) };
}

async function insert(database: URL, user: string, calls: readonly ReplayCall[]): Promise<void> {
  const columns =
    'id_user,id_plan,callerid,uniqueid,starttime,sessiontime,calledstation,sessionbill,sipiax,src,buycost,real_sessiontime,terminatecauseid,agent_bill';
  const rows = calls.map(
    ({ startedAt, talkSeconds, billedSeconds, charge, destination, inbound }, at) =>
      `(${Number(user)},@plan,'551140001234','replay.${at}','${startedAt}',${billedSeconds},'${destination}',${charge},${inbound ? 2 : 0},'src',0,${talkSeconds},1,0)`,
  );
  // A trigger changes the user, so that the insert itself must not read it.
  const plan = `SET @plan = (SELECT id_plan FROM pkg_user WHERE id = ${Number(user)})`;
  const sql = `${plan}; INSERT INTO pkg_cdr (${columns}) VALUES ${rows.join(',')}`;
  const { username, password, hostname, port, pathname } = database;
  const args = ['-h', hostname, '-P', port || '3306', '-u', username, pathname.slice(1)];
  const client = promisify(execFile);
  await client('mariadb', [...args, '-e', sql], {
    env: { ...process.env, MYSQL_PWD: password },
  });
}
