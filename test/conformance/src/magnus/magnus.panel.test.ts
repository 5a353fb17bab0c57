import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type FakeAstbilling, startFakeAstbilling } from '@sluice/fake-panels';
import { type ReplayOutcome, ReplayRun } from './replay.js';
import { replayCalls, replaySteps } from './steps.js';
import { fakeTarget, realTarget } from './target.js';

const file = path.join(import.meta.dirname, 'recording.jsonl');
const panel = realTarget(process.env);
const why = panel === undefined ? ' (skipped: SLUICE_TEST_MAGNUS_URL, _KEY, _SECRET and _SQL are not set)' : '';
const records = process.env.SLUICE_TEST_MAGNUS_RECORD === '1';

let fake: FakeAstbilling;
beforeAll(async () => {
  fake = await startFakeAstbilling();
});
afterAll(() => fake.close());

const recorded = (): ReplayOutcome[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReplayOutcome);

(panel === undefined ? it.skip : it)(
  `the real MagnusBilling answers the requests as it was recorded${why}`,
  async () => {
    const outcomes = await new ReplayRun(panel ?? fakeTarget(fake)).play(replaySteps, replayCalls);
    if (records) writeFileSync(file, outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`).join(''));
    expect(outcomes).toEqual(recorded());
  },
);

it('the fake answers the requests as MagnusBilling did, and nothing is left behind', async () => {
  const outcomes = await new ReplayRun(fakeTarget(fake)).play(replaySteps, replayCalls);
  expect(outcomes).toEqual(recorded());
  expect(fake.server.failures).toEqual([]);
  expect(fake.subscribers().filter(({ status }) => status !== 'terminated')).toEqual([]);
});
