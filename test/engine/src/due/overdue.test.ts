import { describe, expect, it } from '@jest/globals';
import { listLate } from '@sluice/engine/words';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { HOUR, MINUTE } from '../bench/engine-bench.js';

const POLL = 'poll: { maxOvershoot: 1GB, ceiling: 6h, doubt: { jump: off } }';
const at = useBench(() =>
  startEasyDcimBench(`  elsewhere: { panel: other, quota: unlimited }\n${POLL}`, {
    // One that a run finds free while another run has the first; it never answers.
    panelMore:
      ', lineSpeed: 100Mbit/s }\n  other: { kind: easydcim, url: "http://127.0.0.1:9", allowHttp: true, token: t, retries: 0',
    random: () => 0,
  }),
);

const DUE = '2026-11-20T12:57:15.973Z';

interface Said {
  doctor: string | undefined;
  service: true | undefined;
  panel: true | undefined;
  overview: unknown;
  lists: string[];
}

/** What is said of the next reading everywhere. */
async function say(): Promise<Said> {
  const overview = await at.sluice.overview();
  const standing = await at.sluice.standing();
  expect(standing.overdue).toEqual(overview.overdue);
  const { nextReading } = await at.sluice.services.show('svc-1');
  const { checks } = await at.sluice.panels.doctor({});
  const message = 'no run has read it since';
  expect(nextReading?.message.includes(message)).toBe(nextReading?.overdue === true);
  return {
    doctor: checks.find(({ name }) => name === 'next reading')?.code,
    service: nextReading?.overdue,
    panel: overview.panels[0]?.nextReading?.overdue,
    overview: overview.overdue,
    lists: listLate(standing, (instant) => instant).map(({ code }) => code),
  };
}

const NOTHING = { doctor: undefined, service: undefined, panel: undefined, overview: undefined, lists: [] };
const OVERDUE = {
  ...{ doctor: 'reading_overdue', service: true, panel: true, overview: [{ panel: 'dcim', at: DUE }] },
  lists: ['reading_overdue'],
} as const;

/** Polls while another run has the panel: the runs go on, and leave it out. */
async function pollOthers(): Promise<void> {
  const release = await at.bench.takeLease('panel:dcim');
  await at.poll({ due: true });
  await release();
}

describe('a reading that no run makes', () => {
  it('is overdue after five floors, as the check, lists, pages and the overview say', async () => {
    await at.addService(1);
    await at.poll({ due: true });
    at.bench.clock.advance(Date.parse(DUE) - at.bench.clock.now() + 5 * MINUTE);
    expect(await say()).toEqual({ ...NOTHING, lists: ['poll_late'] });
    at.bench.clock.advance(1);
    // That the runs have stopped says it of all panels at once.
    expect(await say()).toEqual({ ...OVERDUE, overview: undefined, lists: ['poll_late'] });
  });

  it('is overdue where the runs leave its panel out, until one reads it', async () => {
    await at.addService(1);
    await at.addService(2, { product: 'elsewhere', values: { panel: 'other' } });
    await at.poll({ due: true });
    at.bench.clock.advance(Date.parse(DUE) - at.bench.clock.now() + 6 * MINUTE);
    await pollOthers();
    expect(await say()).toEqual(OVERDUE);
    await at.poll({ due: true });
    expect(await say()).toEqual(NOTHING);
  });

  it('is not overdue while a run has its panel', async () => {
    await at.addService(1);
    await at.poll({ due: true });
    at.bench.clock.advance(2 * HOUR);
    const release = await at.bench.takeLease('panel:dcim');
    expect(await say()).toMatchObject({ doctor: undefined, service: undefined, panel: undefined, overview: undefined });
    await release();
    expect(await say()).toMatchObject({ service: true });
  });
});
