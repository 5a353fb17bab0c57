import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { killable, openWorld } from './world.js';

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

const world = useBench(() => openWorld('magnusbilling'));
let passwordFile: string;
beforeEach(() => {
  passwordFile = path.join(world.folder, 'secret');
});

function expectMade(): void {
  expect(world.fake.subscribers()).toMatchObject([{ password: readFileSync(passwordFile, 'utf8').trim() }]);
}

describe('a generated password with a word that the panel refuses', () => {
  it('is replaced by another one before the panel is called', async () => {
    const blocked = Uint8Array.from('2CoPy2abcdefghijkmnpqrst', (letter) => ALPHABET.indexOf(letter));
    let isFirst = true;
    const bytes = (count: number): Uint8Array => {
      if (count !== blocked.length || !isFirst) return randomBytes(count);
      isFirst = false;
      return blocked;
    };
    const sluice = await world.restart(world.store, { randomBytes: bytes });
    expect((await sluice.provision.create('svc-1', { passwordFile })).run.outcome).toBe('done');
    expect(isFirst).toBe(false);
    expectMade();
  });

  it('is not read from the file of an interrupted run', async () => {
    const killed = await world.restart(killable(world.store, { at: 2, is: false }));
    await killed.provision.create('svc-1', { passwordFile }).catch(() => null);
    writeFileSync(passwordFile, '2copy2copy2copy2copy2aaa\n');
    const repeat = await (await world.restart()).provision.create('svc-1', { passwordFile });
    expect([repeat.run.outcome, repeat.credentials?.passwordFile]).toEqual(['done', passwordFile]);
    expectMade();
  });
});
