import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SERVE_TOKEN, root, startServe } from './lib.mjs';

const SERVICES = 100_000;
const ROUNDS = 3;
const AT_ONCE = 5000;

const stateStore = path.join(root, 'packages', 'state-store');
const Database = createRequire(path.join(stateStore, 'package.json'))('better-sqlite3');

/** What the pages need of a database, whatever they are made by: one pass over the services, their decisions and cycles. */
const BARE = `select count(*), count(d."status"), count(c."read_at"), sum(d."allowance" ->> '$.allowedBytes') from "services" s
  left join "decisions" d on d."service" = s."id" left join "cycles" c on c."id" = d."cycle"`;

/** The first pages that are asked for, each of a server that has just been started. */
const PAGES = {
  overview: '/',
  'overview by share': '/?order=share',
  'overview of held services': '/?status=held',
  'overview with a search': '/?q=svc-777',
  'GET /overview': '/api/v1/overview',
  'GET /services': '/api/v1/services?limit=50',
  'GET /services by status': '/api/v1/services?limit=50&status=ok',
};

/** One in fifty is near its limit, one in a hundred held, one in five hundred unreadable. */
function decide(number, at) {
  const limit = 1_000_000_000_000;
  const share = number % 100 === 0 ? 1.01 : number % 50 === 1 ? 0.9 : (number % 79) / 100;
  const isUnread = number % 500 === 7;
  return {
    ...{
      service: `svc-${number}`,
      run: 'run-1',
      at,
      cycle: `cyc-${number}`,
      rule: 'below',
      mode: 'TOTAL',
      action: null,
    },
    status: isUnread ? 'unreadable' : number % 100 === 0 ? 'held' : 'ok',
    ...{ inBytes: 0, outBytes: Math.round(limit * share), totalBytes: Math.round(limit * share) },
    readAt: isUnread ? null : at,
    allowance: { allowedBytes: limit, baseBytes: limit, extraBytes: 0, kind: 'limited', parts: [] },
    ...{ wouldHold: [], observing: false },
    ...{ errorCode: isUnread ? 'PANEL_TIMEOUT' : null, errorMessage: isUnread ? 'It did not answer' : null },
    inputs: { billingCycle: 'monthly', drift: [], nextDueDate: '2030-01-15', warnings: [] },
  };
}

async function fillStore(location) {
  const { openStore } = await import(path.join(stateStore, 'dist', 'index.js'));
  const store = await openStore({ location });
  const at = new Date(Date.now() - 60_000).toISOString();
  const [start, end] = [-10, 20].map((days) => new Date(Date.now() + days * 86_400_000).toISOString());
  for (let first = 1; first <= SERVICES; first += AT_ONCE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, index) => first + index);
    await store.write(async (tables) => {
      await tables.services.put(
        numbers.map((number) => ({
          ...{ id: `svc-${number}`, panel: 'dcim', product: 'big', client: String(number % 40_000), clientSince: null },
          ...{ billingCycle: 'monthly', nextDueDate: '2030-01-15', status: 'active', trafficMode: null },
          ...{ baseQuotaOverrideGb: null, refs: { easydcim_service_id: String(number) }, ownRefs: [], fields: {} },
          ...{ protectedUntil: null, quotaReleasedUntil: null, createdAt: start, updatedAt: start },
        })),
      );
      const decisions = numbers.map((number) => decide(number, at));
      await tables.cycles.put(
        decisions.map(({ service, cycle: id, inBytes, outBytes, totalBytes, allowance }) => ({
          ...{ id, service, start, end, openedAt: start, closedAt: null, inBytes, outBytes, totalBytes, readAt: at },
          ...{ peakInBytes: inBytes, peakOutBytes: outBytes, peakTotalBytes: totalBytes, counter: null, allowance },
          thresholds: [],
        })),
      );
      await tables.decisions.record(decisions);
      for (const { service, totalBytes } of decisions.filter(({ status }) => status === 'held'))
        await tables.holds.add({
          ...{ id: `hold-${service}`, service, reason: 'quota', since: at, until: null, note: null, cycle: null },
          ...{ usedBytes: totalBytes, allowedBytes: 1_000_000_000_000, origin: 'decided', restriction: null },
        });
    });
  }
  await store.close();
}

async function timed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Time of the first request for a page after a start, in milliseconds. */
async function firstRequest(bench, address) {
  const serve = await startServe(bench);
  try {
    // Logging in loads what answers requests; no list has been read yet.
    const answer = await fetch(`${serve.url}/login`, {
      ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams({ token: SERVE_TOKEN }) },
    });
    const cookie = /^[^;]*/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? '';
    const headers = address.startsWith('/api/') ? { authorization: `Bearer ${SERVE_TOKEN}` } : { cookie };
    return await timed(async () => {
      const page = await fetch(`${serve.url}${address}`, { headers });
      const text = await page.text();
      if (page.status !== 200) throw new Error(`${address} answered ${page.status}: ${text.slice(0, 300)}`);
    });
  } finally {
    serve.stop();
  }
}

/** First pages of lists of 100,000 services, the first request after a start, against one pass over their rows. */
export async function benchLists() {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'));
  const location = path.join(folder, 'sluice.db');
  writeFileSync(
    path.join(folder, 'sluice.yaml'),
    `panels:
  dcim: { kind: easydcim, url: "https://dcim.example.com", token: "\${env:TOKEN}" }
products:
  big: { panel: dcim, quota: { total: 1TB } }
`,
    { mode: 0o600 },
  );
  try {
    await fillStore(location);
    const bench = { folder, env: { TOKEN: 'bench-token' } };
    const database = new Database(location, { readonly: true });
    const bare = () => timed(() => database.prepare(BARE).all());
    const figures = [];
    for (const [name, address] of Object.entries(PAGES)) {
      const [pages, passes] = [[], []];
      for (let round = 0; round < ROUNDS; round++) {
        passes.push(await bare());
        pages.push(await firstRequest(bench, address));
      }
      const [page, pass] = [Math.min(...pages), Math.min(...passes)];
      const what = `lists: ${name}, first request with 100,000 services`;
      figures.push(
        { name: `${what}, against one pass over their rows`, figure: page / pass, limit: 6 },
        { name: `the same in ms, with ${Math.round(pass)} ms for that pass`, figure: page, limit: null },
      );
    }
    database.close();
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
