import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { keepMessages } from '../bench/client-channel.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { useBench } from '../bench/each-test.js';
import { DAY, type EngineBench, HOUR } from '../bench/engine-bench.js';
import { isOnFiles } from '../bench/on-files.js';
import { openConfirmed } from './confirmed-world.js';

const countDaily = ({ store: { location } }: Pick<EngineBench, 'store'>): number =>
  existsSync(`${location}-backups`)
    ? readdirSync(`${location}-backups`).filter((name) => name.startsWith('daily-')).length
    : 0;

const channel = keepMessages();
const NOTIFY = 'notify: [{ name: night, hook: x, events: [digest] }]';

/** A share link that is valid for 30 days has set an automatic purchase. */
const at = useBench(async () => {
  const opened = await openConfirmed(NOTIFY, { channels: [channel.kind] });
  const { store } = opened.bench;
  await opened.sluice.services.set('svc-2', { client: '42' });
  const updatedAt = new Date(opened.bench.clock.now()).toISOString();
  const expiresAt = new Date(opened.bench.clock.now() + 30 * DAY).toISOString();
  const { access } = await opened.sluice.access.share({ client: '42', expiresAt, rights: { buy: true } });
  const most = { thresholdPercent: null, thresholdBytes: null, maxPerCycle: null };
  const rule = { scope: 'service', subject: 'svc-2', enabled: true, package: 'gb50', ...most } as const;
  await store.autoBuy.put({ ...rule, link: access.id, updatedAt });
  return opened;
});

/** A database has backups of its own. */
const DAILY = isOnFiles ? 1 : 0;

/** What a run cleans up, ends and dates. */
async function listKept() {
  const { store } = at.bench;
  const calls = await store.apiCalls.list({ limit: 1000 });
  return {
    calls: calls.filter(({ at: when }) => when < '2026-11-22').length,
    autoBuy: (await store.autoBuy.list()).length,
    links: (await store.apiTokens.list()).length,
    digests: (await store.notices.list({})).filter(({ code }) => code === 'digest').length,
    daily: countDaily(at.bench),
  };
}

it.each([
  ['silent', 80 * DAY],
  ['silent', 27 * HOUR],
  ['without its time', 80 * DAY],
  ['without its time', 27 * HOUR],
])(
  'a clock that nothing confirms, the panel being %s, deletes, ends and dates nothing %d ms ahead',
  async (how, ms) => {
    const before = await listKept();
    const silent = how === 'silent' ? at.panel.server.inject({ fault: { kind: 'cut' } }) : null;
    at.panel.server.sendsDate = false;
    at.skew.ms = ms;
    for (const run of [() => at.sluice.poll(), () => at.sluice.reconcile()]) {
      const { error, run: ended } = await run();
      expect([ended.outcome, error?.code]).toEqual(['failed', 'clock_unconfirmed']);
    }
    await at.sluice.notices.send();
    at.skew.ms = 0;
    expect(await listKept()).toEqual(before);
    silent?.();
    at.panel.server.sendsDate = true;
    expect((await at.sluice.reconcile()).run.outcome).toBe('done');
    expect(await listKept()).toMatchObject({ autoBuy: 1, links: 1, daily: DAILY });
  },
);

it('a clock that the panel confirms again cleans up what is due', async () => {
  at.bench.clock.advance(80 * DAY);
  expect((await at.sluice.reconcile()).run.outcome).toBe('done');
  expect(await listKept()).toEqual({ calls: 0, autoBuy: 0, links: 0, digests: 0, daily: DAILY });
});

it('a clock that is wrong by the panel deletes, ends and dates nothing', async () => {
  const before = await listKept();
  at.skew.ms = 80 * DAY;
  expect((await at.sluice.reconcile()).error?.code).toBe('clock_wrong');
  at.skew.ms = 0;
  expect(await listKept()).toEqual(before);
});

describe('a run over no panel', () => {
  const empty = useBench(() => startEasyDcimBench());
  it.each([
    ['the panel confirms', 80 * DAY, 80 * DAY, null],
    ['the panel contradicts', 0, 80 * DAY, 'clock_unconfirmed'],
    ['nothing confirms', null, 80 * DAY, 'clock_unconfirmed'],
    ['nothing contradicts', null, HOUR, null],
  ])('asks before it cleans up by a clock that %s', async (_name, ofPanel, ahead, code) => {
    const { bench, panel, skew } = empty;
    await bench.store.clock.accept(new Date(bench.clock.now()).toISOString());
    if (ofPanel === null) panel.server.sendsDate = false;
    else bench.clock.advance(ofPanel);
    skew.ms = ahead - (ofPanel ?? 0);
    const { error, run } = await empty.sluice.reconcile();
    expect([run.outcome, error?.code ?? null]).toEqual([code === null ? 'done' : 'failed', code]);
    expect(countDaily(bench)).toBe(code === null ? DAILY : 0);
  });
});
