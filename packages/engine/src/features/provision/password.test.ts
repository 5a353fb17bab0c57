import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Files, nodeFiles } from '../../base/files.js';
import { planPassword } from './password.js';
import { writePasswordFile } from './password-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const clock = { now: () => Date.parse('2026-03-10T12:00:00Z'), sleep: () => Promise.resolve() };
const deps = { files: nodeFiles, randomBytes: (count: number) => randomBytes(count), clock };
const request = { service: 'svc-1', shown: false };

describe('the plan for a password', () => {
  it('refuses a name that a folder has, as one that is there', async () => {
    const file = path.join(folder, 'password');
    mkdirSync(file);
    await expect(planPassword(deps, { ...request, file })).rejects.toMatchObject({
      kind: 'usage',
      code: 'password_file_exists',
    });
  });

  it('takes another name in the folder of the product where the first is taken, readable or not', async () => {
    mkdirSync(path.join(folder, 'svc-1.password'));
    const { file, write } = await planPassword(deps, { ...request, folder });
    expect([file, write]).toEqual([path.join(folder, 'svc-1.password.2026-03-10T12-00-00-000Z'), 'new']);
  });
});

describe('a password file that replaces a damaged one', () => {
  it('leaves no draft with a password behind when its run is killed and the order repeated', () => {
    const file = path.join(folder, 'password');
    writeFileSync(file, 'half');
    /** The process ends when the draft is written. */
    const dying: Files = {
      ...nodeFiles,
      replace: (_file, text, draft = 'unnamed') => {
        writeFileSync(draft, text);
        throw new Error('killed');
      },
      remove: () => undefined,
    };
    const order = 'act-1';
    expect(() => {
      writePasswordFile(dying, { file, password: 'first', write: 'replace' }, order);
    }).toThrow();
    expect(readdirSync(folder)).toHaveLength(2);
    writePasswordFile(nodeFiles, { file, password: 'second', write: 'replace' }, order);
    expect(readdirSync(folder)).toEqual(['password']);
    expect(readFileSync(file, 'utf8')).toBe('second\n');
  });
});
