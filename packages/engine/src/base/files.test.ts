import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { nodeFiles } from './files.js';

it.each(['replace', 'create'] as const)(
  'a draft is written through no link that somebody has put in its place: %s',
  (how) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sluice-files-'));
    try {
      const [file, draft, other] = ['holds.json', 'holds.json.new', 'other'].map((name) => path.join(folder, name)) as [
        string,
        string,
        string,
      ];
      writeFileSync(other, 'of somebody else');
      symlinkSync(other, draft);
      nodeFiles[how](file, 'holds', draft);
      expect([file, other].map((each) => readFileSync(each, 'utf8'))).toEqual(['holds', 'of somebody else']);
      expect(readdirSync(folder).sort()).toEqual(['holds.json', 'other']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

it('a pipe in place of a file is refused, and nothing waits for it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-files-'));
  try {
    const pipe = path.join(folder, 'holds.json');
    execFileSync('mkfifo', [pipe]);
    expect(() => nodeFiles.read(pipe)).toThrow('holds.json is a pipe or a device, not a file');
    expect(nodeFiles.read(path.join(folder, 'none.json'))).toBeNull();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
