import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FakeHiddify, startFakeHiddify } from '@sluice/fake-panels';
import { replaySteps } from './steps.js';
import { type ReplayOutcome, ReplayRun, type ReplayTarget } from './replay.js';
import { post, type ReplayStep, users } from './step.js';

const url = process.env['SLUICE_TEST_HIDDIFY_URL'];
const key = process.env['SLUICE_TEST_HIDDIFY_KEY'];
const panel: ReplayTarget | undefined = url === undefined || key === undefined ? undefined : { url, key };
const why = panel === undefined ? ' (skipped: SLUICE_TEST_HIDDIFY_URL and SLUICE_TEST_HIDDIFY_KEY are not set)' : '';

const sameUser: ReplayStep = post('one uuid twenty times at once', users, {
  name: '{tag} dora',
  uuid: '{dora}',
  usage_limit_GB: 10,
});

let fake: FakeHiddify;
beforeAll(async () => {
  fake = await startFakeHiddify({ defaultUser: true });
});
afterAll(() => fake.close());

describe('the replay', () => {
  it('brings on the fake what was recorded', async () => {
    const run = new ReplayRun(fake);
    const outcomes = await run.play(replaySteps);
    expect(outcomes.map(brief)).toEqual(replaySteps.map((step) => recorded(step, run)));
    expect(fake.server.failures).toEqual([]);
  });

  it('leaves nothing behind', async () => {
    const before = fake.snapshot();
    await new ReplayRun(fake).play(replaySteps);
    expect(fake.snapshot()).toEqual(before);
  });

  (panel === undefined ? it.skip : it)(`brings the same on the real panel, step by step${why}`, async () => {
    const run = new ReplayRun(panel ?? fake);
    const real = await run.play(replaySteps);
    expect(real.map(brief)).toEqual(replaySteps.map((step) => recorded(step, run)));
    expect(await new ReplayRun(fake).play(replaySteps)).toEqual(real);
  });
});

describe('twenty creations with one uuid at once', () => {
  const check = async (target: ReplayTarget): Promise<void> => {
    const { statuses, outcomes } = await new ReplayRun(target).atOnce(sameUser, 20);
    expect(statuses[0]).toBe(200);
    expect(statuses.slice(1).every((status) => status === 400 || status === 500)).toBe(true);
    expect(outcomes[0]?.effect).toMatchObject({ users: [{ uuid: '<dora>', usage_limit_GB: 10, name: '<tag> dora' }] });
    expect(outcomes.map(said).filter((text) => text !== undefined && !refusals.test(text))).toEqual([]);
  };
  const refusals =
    /^(The user exists|\(MySQLdb.IntegrityError\) \(1062, "Duplicate entry '<dora>' for key 'ix_user_uuid'"\))$/;

  it('make one user on the fake', () => check(fake));

  (panel === undefined ? it.skip : it)(`make one user on the real panel${why}`, () => check(panel ?? fake), 60_000);
});

/** Status, error text and the fields that the step names. */
function brief(outcome: ReplayOutcome, at: number): object {
  const answer = outcome.answer as Readonly<Record<string, unknown>> | null;
  const named = Object.keys(replaySteps[at]?.has ?? {});
  const has = Object.fromEntries(named.map((name) => [name, answer?.[name]]));
  const says = replaySteps[at]?.says === undefined ? undefined : said(outcome);
  const lists = replaySteps[at]?.lists === undefined ? undefined : toNames(outcome.answer);
  return { title: outcome.title, status: outcome.status, says, has, lists };
}

function toNames(answer: unknown): unknown {
  if (!Array.isArray(answer)) return answer;
  return answer.map((row: { name: string }) => row.name.replace('<tag> ', '')).sort();
}

function recorded(step: ReplayStep, run: ReplayRun): object {
  const has = Object.fromEntries(Object.entries(run.expected(step)).filter(([name]) => name in (step.has ?? {})));
  return { title: step.title, status: step.status, says: step.says, has: typed(has), lists: step.lists };
}

/** Key material shows as its type. */
function typed(has: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(has).map(([name, value]) => [name, name.startsWith('ed25519_') ? typeof value : value]),
  );
}

function said(outcome: ReplayOutcome): string | undefined {
  const answer = outcome.answer as { message?: string; msg?: string } | null;
  return answer?.message ?? answer?.msg;
}
