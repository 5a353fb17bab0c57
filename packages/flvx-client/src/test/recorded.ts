import { startFakeServer, type FakeServer } from '@sluice/fake-panels';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FlvxClient, FlvxOptions } from '../client/client.js';
import { createFlvxClient } from '../client/create-flvx-client.js';

/** One recorded exchange with a panel. */
export interface RecordedCase {
  name: string;
  request: { method: string; path: string; body?: unknown };
  response: { status: number; headers: Record<string, string>; body?: unknown; bodyText?: string };
}

const folder = path.join(import.meta.dirname, '..', '..', 'fixtures');

/** All recorded files by name. */
export function recordedFiles(): Map<string, RecordedCase[]> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(
    names.map((name) => {
      const file = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as { cases: RecordedCase[] };
      return [name.replace(/\.json$/, ''), file.cases];
    }),
  );
}

export function recorded(file: string, name: string): RecordedCase {
  const found = recordedFiles()
    .get(file)
    ?.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no case ${name} in ${file}.`);
  return found;
}

/** A panel that answers with recorded cases, by path; the login is always there. */
export interface Replay {
  client: FlvxClient;
  server: FakeServer;
  /** Bodies of the calls to a path, as sent. */
  sent(path: string): unknown[];
  close(): Promise<void>;
}

export async function replay(
  cases: RecordedCase[],
  options: Pick<Partial<FlvxOptions>, 'onCall'> = {},
): Promise<Replay> {
  const login = recorded('login', 'success');
  const answers = new Map([login, ...cases].map((one) => [one.request.path, one.response]));
  const server = await startFakeServer({
    name: 'recorded FLVX',
    handle: (request) => {
      const answer = answers.get(request.path);
      if (answer === undefined) return { status: 500, body: 'not recorded' };
      return {
        status: answer.status,
        headers: answer.headers,
        body: (answer.bodyText ?? answer.body) as string | object,
      };
    },
    toEndpoint: ({ method, path: at }) => `${method} ${at}`,
    changing: () => false,
  });
  const client = createFlvxClient({
    panel: 'relay',
    baseUrl: server.url,
    allowHttp: true,
    username: 'admin_user',
    password: 'example-Admin-9',
    // The recorded token holds at the recorded instant.
    clock: { now: () => 1_795_156_811_072, sleep: () => Promise.resolve() },
    retry: { attempts: 1 },
    ...options,
  });
  return {
    client,
    server,
    sent: (at) => server.calls.filter((call) => call.path === at).map((call) => JSON.parse(call.body) as unknown),
    async close() {
      client.close();
      await server.close();
    },
  };
}
