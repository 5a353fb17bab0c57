import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Deps } from './context.js';
import { FollowedConfig } from './follow-config.js';
import { requireFound } from './load-config.js';

/** Each look at the clock takes this long, and so does whatever is between two. */
const STEP_MS = 50;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-follow-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('refuses a file that no check has accepted, whatever ended the check', () => {
  const file = path.join(folder, 'sluice.yaml');
  const write = (text: string): void => {
    writeFileSync(file, text, { mode: 0o600 });
  };
  let said = '';
  const stderr = { write: (text: string) => (said += text) };
  const deps = { kinds: [], env: {}, cwd: folder, clock: { now: () => 0 }, stderr } as unknown as Deps;
  let isBroken = false;
  const found = {
    byFolder: false,
    get file() {
      if (isBroken) throw new RangeError('Maximum call stack size exceeded');
      return file;
    },
  };
  write('panels: {}\n');
  const followed = new FollowedConfig(requireFound(found, deps), found, deps);
  const readCode = () => followed.current({ beforeChange: true }).refused?.code;
  write('panels: {}\n# edited\n');
  isBroken = true;
  expect([readCode(), readCode()]).toEqual(['config_refused', 'config_refused']);
  expect(said).toMatch(
    /^sluice: The config was changed \(seen at .*\) and is refused: Maximum call stack size exceeded\n$/,
  );
  isBroken = false;
  write('panels: {}\n# corrected\n');
  expect(readCode()).toBeUndefined();
});

it('does not check a refused file that stays as it is all the time', () => {
  let now = 0;
  let checks = 0;
  const file = path.join(folder, 'sluice.yaml');
  const write = (text: string): void => {
    writeFileSync(file, text, { mode: 0o600 });
  };
  const clock = { now: () => (now += STEP_MS) };
  const deps = { kinds: [], env: {}, cwd: folder, clock, stderr: { write: () => true } } as unknown as Deps;
  const found = {
    byFolder: false,
    get file() {
      checks++;
      return file;
    },
  };
  write('panels: {}\n');
  const followed = new FollowedConfig(requireFound(found, deps), found, deps);
  checks = 0;
  const isRefused = (): boolean => followed.current({ beforeChange: true }).refused !== null;
  write('panels: [\n');
  expect([isRefused(), isRefused(), isRefused(), checks]).toEqual([true, true, true, 1]);
  now += 60_000;
  expect([isRefused(), isRefused(), checks]).toEqual([true, true, 2]);
  // An edited one is checked at once.
  write('panels: {}\n');
  expect(isRefused()).toBe(false);
});
