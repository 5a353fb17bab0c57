import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { startFakeFlvx } from '@sluice/fake-panels';
import { fakeTarget } from './fake-target.js';
import { realTarget } from './real-target.js';
import { Replay, type ReplayOutcome } from './replay.js';
import { replaySteps } from './steps.js';

const {
  SLUICE_TEST_FLVX_URL: url,
  SLUICE_TEST_FLVX_USERNAME: username,
  SLUICE_TEST_FLVX_PASSWORD: password,
  SLUICE_TEST_FLVX_RECORD: record,
} = process.env;
const panel =
  url === undefined || username === undefined || password === undefined ? null : { url, username, password };
const reason =
  panel === null
    ? ' (skipped: SLUICE_TEST_FLVX_URL, SLUICE_TEST_FLVX_USERNAME and SLUICE_TEST_FLVX_PASSWORD do not name a panel)'
    : '';
/** Runs where the environment names a real panel, and is reported as skipped, with the reason, where it does not. */
const itWithPanel = panel === null ? it.skip : it;

const recording = new URL('recording.jsonl', import.meta.url);

function readRecording(): ReplayOutcome[] {
  const lines = readFileSync(recording, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as ReplayOutcome);
}

/** Compares step by step, so that a failure names the first step that differs. */
function expectSame(outcomes: readonly ReplayOutcome[], expected: readonly ReplayOutcome[]): void {
  expect(outcomes.map((outcome) => outcome.step)).toEqual(expected.map((outcome) => outcome.step));
  for (const [at, outcome] of outcomes.entries()) expect(outcome).toEqual(expected[at]);
}

describe('the recorded requests to FLVX', () => {
  it('have steps that no other step is named like', () => {
    const names = replaySteps.map((step) => step.step);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it.each(['admin_user', 'admin'])('are answered by the fake as the panel answered them (to %s)', async (name) => {
    const account = { name, password: 'admin_user' };
    const flvx = await startFakeFlvx({ admin: account });
    try {
      const outcomes = await new Replay(fakeTarget(flvx, account)).run(replaySteps);
      expectSame(outcomes, readRecording());
      expect(flvx.server.failures).toEqual([]);
    } finally {
      await flvx.close();
    }
  });

  itWithPanel(`are answered by the panel as recorded${reason}`, async () => {
    if (panel === null) throw new Error('There is no panel to ask.');
    const target = realTarget(panel.url.replace(/\/+$/, ''), panel.username, panel.password);
    try {
      const outcomes = await new Replay(target).run(replaySteps);
      // SLUICE_TEST_FLVX_RECORD=1 takes the panel's answers as the new recording.
      if (record === '1') writeFileSync(recording, outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`).join(''));
      expectSame(outcomes, readRecording());
    } finally {
      target.close();
    }
  });
});
