import { randomBytes } from 'node:crypto';
import { startDashboard } from '@sluice/dashboard';
import { createSluice, parseConfig, type Sluice } from '@sluice/engine';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { openStore } from '@sluice/state-store';
import { GB, type HiddifyBench, startHiddifyBench } from '../hiddify-bench.js';

/** What a surface answered: a page in the words of its reader, a document, or what a command printed. */
export interface Answered {
  /** The status of HTTP, or the exit code. */
  status: number;
  text: string;
}

/** A reseller with its page, its token and the command of its provider, all on one store and one panel. */
export interface ResellerWorld {
  at: HiddifyBench;
  sluice: Sluice;
  /** The users of 10 GB of `north`, which has a budget of 40 GB. */
  users: Record<'anna' | 'bela', string>;
  /** Ids of the share link and of the token. */
  access: Record<'link' | 'token', string>;
  /** Returns what the reseller reads on a page of its link. */
  page: (path: string, language?: string) => Promise<Answered>;
  /** Sends a form of its link. */
  send: (path: string, fields?: Record<string, string>, language?: string) => Promise<Answered>;
  /** Sends a request of its token. */
  api: (request: string, body?: object) => Promise<Answered>;
  /** Runs the command. */
  command: (words: string) => Promise<Answered>;
  close: () => Promise<void>;
}

/** Starts it at 2026-11-20 12:00 UTC; `agents` goes into the panel's config, `more` to its top level. */
export async function startResellerWorld(
  agents: Record<string, unknown> = { accounting: 'allocated' },
  more: Record<string, unknown> = {},
): Promise<ResellerWorld> {
  const at = await startHiddifyBench();
  const access = { kind: 'hiddify', url: at.panel.url, allowHttp: true, apiKey: at.panel.key, retries: 0 };
  const config = {
    timeZone: 'UTC',
    panels: { vpn: { ...access, publicUrl: 'https://vpn.example.com', clientPath: 'subscribe', agents } },
    products: {},
    poll: { doubt: { jump: 'off' } },
    ...more,
  };
  at.bench.write('sluice.yaml', JSON.stringify(config));
  await at.bench.giveStore();
  const add = (name: string): string => at.panel.addUser({ agent: at.north, name, usageLimit: 10 * GB });
  const users = { anna: add('anna'), bela: add('bela') };
  for (const words of ['agent limit north --gb 40 --yes', 'agent check --all']) {
    const { exitCode, stdout, stderr } = await at.bench.sluice(words);
    if (exitCode !== 0) throw new Error(`${words}: ${stdout} ${stderr}`);
  }
  const clock = { ...at.bench.clock, sleep: () => Promise.resolve() };
  const store = await openStore({ location: at.bench.path('sluice.db'), clock });
  const sluice = await createSluice({ config: parseConfig(config, [hiddify]), store, kinds: [hiddify], clock });
  const listen = { host: '127.0.0.1', port: 0 };
  const limits = { requestsPerMinute: 100_000 };
  const dashboard = await startDashboard({ sluice, store, listen, limits, clock, randomBytes, version: '0.0.0' });
  const expiresAt = new Date(clock.now() + 30 * 86_400_000).toISOString();
  const link = await sluice.access.share({ agent: 'north', expiresAt });
  const program = await sluice.access.create({ name: 'program', scopes: [`agent:${at.north}`] });
  const base = `/share/${link.token}`;
  const read = async (path: string, init: RequestInit = {}): Promise<Answered> => {
    const answer = await fetch(new URL(path, dashboard.url), { redirect: 'manual', ...init });
    const { status } = answer;
    return { status, text: answer.headers.get('location')?.replace(base, '') ?? (await answer.text()) };
  };
  const asked = (path: string, language: string): string =>
    `${base}${path === '/' ? '' : path}${path.includes('?') ? '&' : '?'}language=${language}`;
  const csrf = async (): Promise<string> => /name="csrf" value="([^"]*)"/.exec((await read(base)).text)?.[1] ?? '';
  let known: string | undefined;
  return {
    ...{ at, sluice, users },
    access: { link: link.access.id, token: program.access.id },
    page: async (path, language = 'en') => {
      const { status, text } = await read(asked(path, language));
      return { status, text: toWords(text) };
    },
    send: async (path, fields = {}, language = 'en') => {
      known ??= await csrf();
      const key = randomBytes(16).toString('base64url');
      const body = new URLSearchParams({ confirmed: 'yes', ...fields, csrf: known, key });
      const { status, text } = await read(asked(path, language), { method: 'POST', body });
      return { status, text: toWords(text) };
    },
    api: (request, body) => {
      const [method = 'GET', path = ''] = request.split(' ');
      const headers = {
        authorization: `Bearer ${program.token}`,
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'idempotency-key': randomBytes(16).toString('hex') }),
      };
      return read(`/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    },
    command: async (words) => {
      const { exitCode, stdout, stderr } = await at.bench.sluice(words);
      return { status: exitCode, text: stdout + stderr };
    },
    close: async () => {
      await dashboard.close();
      await sluice.close();
      await at.close();
    },
  };
}

/** Returns the text of the main part of a page. */
function toWords(page: string): string {
  const [, main = page] = /<main[^>]*>([\s\S]*)<\/main>/.exec(page) ?? [];
  return main
    .replaceAll(/<(style|script)[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
