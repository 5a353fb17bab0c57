import { expect, it } from '@jest/globals';
import { type LastRead, PanelReads } from './panel-reads.js';

/** Begins a read, and returns how it ends. */
function begin(reads: PanelReads): [Promise<LastRead<string>>, (value: string) => void] {
  let end: (value: string) => void = () => undefined;
  const answer = new Promise<string>((resolve) => (end = resolve));
  return [reads.read(of, () => answer), end];
}

const of = { client: '42', what: 'line', now: 0 };

it('reads again what was under way when something was changed', async () => {
  const reads = new PanelReads();
  const [before, resolve] = begin(reads);
  reads.forget('42');
  const after = reads.read(of, () => Promise.resolve('suspended'));
  resolve('active');
  expect([(await before).value, (await after).value]).toEqual(['active', 'suspended']);
  expect((await reads.read(of, () => Promise.resolve('other'))).value).toBe('suspended');
});

it('keeps no figure from before a change for those who ask after it', async () => {
  const reads = new PanelReads();
  const [before, resolve] = begin(reads);
  reads.forget();
  resolve('active');
  await before;
  expect((await reads.read(of, () => Promise.resolve('suspended'))).value).toBe('suspended');
});
