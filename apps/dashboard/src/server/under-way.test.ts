import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { takeTurns } from './turns.js';
import { boundUnderWay } from './under-way.js';

/** Requests to a server on which 2 of a client may be under way. */
function startRequests() {
  const bound = boundUnderWay(2, takeTurns());
  const begun: string[] = [];
  return {
    begun,
    ask(name: string, client = 'c-1') {
      const socket = { destroyed: false };
      const raw = new EventEmitter();
      const headers: Record<string, number> = {};
      const reply = { raw, header: (key: string, value: number) => (headers[key] = value) };
      const asked = bound({ request: { raw: { socket } }, reply }, client).then(() => {
        begun.push(name);
      });
      return { asked, headers, socket, end: () => raw.emit('close') };
    },
  };
}

/** Each request begins in a turn of its own. */
async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await setImmediate();
}

describe('requests of a client', () => {
  it('are under way two at a time, in their order, and those of others beside them', async () => {
    const at = startRequests();
    const asked = ['a', 'b', 'c', 'd'].map((name) => at.ask(name));
    at.ask('other', 'c-2');
    await turns(4);
    expect(at.begun).toEqual(['a', 'other', 'b']);
    asked[1]?.end();
    await turns(4);
    expect(at.begun).toEqual(['a', 'other', 'b', 'c']);
    for (const one of [0, 2, 3]) asked[one]?.end();
    await turns(4);
    expect(at.begun.at(-1)).toBe('d');
    // Nothing is under way any more.
    asked[3]?.end();
    await Promise.all(['e', 'f'].map((name) => at.ask(name).asked));
  });

  it('begin one by one, in rotation with those of others, after what arrived meanwhile', async () => {
    const at = startRequests();
    for (const name of ['a', 'b']) at.ask(name);
    await turns(1);
    expect(at.begun).toEqual(['a']);
    for (const name of ['x', 'y']) at.ask(name, 'c-2');
    await turns(4);
    expect(at.begun).toEqual(['a', 'b', 'x', 'y']);
    const further = startRequests();
    for (const name of ['a', 'b']) further.ask(name);
    for (const name of ['x', 'y']) further.ask(name, 'c-2');
    await turns(5);
    expect(further.begun).toEqual(['a', 'x', 'b', 'y']);
  });

  it('are forgotten whose connection ends while they wait', async () => {
    const at = startRequests();
    const first = at.ask('a');
    at.ask('b');
    const gone = at.ask('gone');
    const next = at.ask('c');
    await turns(2);
    gone.socket.destroyed = true;
    first.end();
    await expect(gone.asked).rejects.toMatchObject({ code: 'too_many_requests' });
    await next.asked;
    expect(at.begun).toEqual(['a', 'b', 'c']);
  });

  it('are refused where 16 wait', async () => {
    const at = startRequests();
    for (let n = 0; n < 18; n++) at.ask(`${n}`);
    const refused = at.ask('refused');
    await expect(refused.asked).rejects.toMatchObject({ code: 'too_many_requests', kind: 'busy' });
    expect(refused.headers).toEqual({ 'retry-after': 1 });
  });
});
