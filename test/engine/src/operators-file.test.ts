import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startFakeEasyDcim, type FakeEasyDcim } from '@sluice/fake-panels';
import { openSluice } from './operators-file.js';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

let panel: FakeEasyDcim;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-file-'));
  panel = await startFakeEasyDcim({ token: 'token-of-the-file' });
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await panel.close();
});

function writeConfig(text: string): void {
  writeFileSync(path.join(folder, 'sluice.yaml'), text, { mode: 0o600 });
}

describe("the README's first use of an operator's file", () => {
  it('is what is tested here, in 15 lines', () => {
    const source = read('./operators-file.ts').trim();
    expect(read('../../../packages/config-file/README.md')).toContain(source);
    expect(source.split('\n').length).toBeLessThanOrEqual(15);
  });

  it('tests the panel of the file with the secret that it names', async () => {
    const dcim = `{ kind: easydcim, url: "${panel.url}", allowHttp: true, token: "\${env:DCIM_TOKEN}" }`;
    writeConfig(`state: ./state.db\npanels:\n  dcim: ${dcim}\n`);
    const sluice = await openSluice({ DCIM_TOKEN: 'token-of-the-file' }, folder);
    try {
      expect((await sluice.panels.test(['dcim'])).panels).toMatchObject([{ name: 'dcim', ok: true }]);
    } finally {
      await sluice.close();
    }
    expect(readFileSync(path.join(folder, 'state.db')).subarray(0, 6).toString()).toBe('SQLite');
  });

  it('lists every problem of the file with its line', async () => {
    writeConfig('timeZone: Mars/Olympus\npanels:\n  dcim: { kind: easydcm }\n');
    await expect(openSluice({}, folder)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/line 1: timeZone: .*\n.*line 3: panels\.dcim\.kind: .*easydcim/) as unknown,
    });
  });
});
