import { describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { onAbort } from './on-abort.js';

describe('onAbort', () => {
  it('listens to a signal once for any number of callers', () => {
    const { signal } = new AbortController();
    for (let n = 0; n < 1000; n++) onAbort(signal, () => undefined);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  });

  it('calls those that wait, each once, and none that was taken back', () => {
    const run = new AbortController();
    const called: string[] = [];
    const twice = (): void => {
      called.push('twice');
    };
    onAbort(run.signal, twice);
    onAbort(run.signal, twice);
    const forget = onAbort(run.signal, () => called.push('taken back'));
    forget();
    forget();
    run.abort();
    expect(called).toEqual(['twice', 'twice']);
  });

  it('leaves out what another caller takes back meanwhile', () => {
    const run = new AbortController();
    const called: string[] = [];
    onAbort(run.signal, () => {
      called.push('first');
      forget();
    });
    const forget = onAbort(run.signal, () => called.push('second'));
    run.abort();
    expect(called).toEqual(['first']);
  });
});
