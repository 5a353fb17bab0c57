import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Client } from 'undici';
import { Clients } from './clients.js';

/** A client that notes what it gets, and is busy until it says otherwise. */
class TestClient extends EventEmitter {
  readonly sent: string[] = [];
  destroyed = false;

  dispatch({ path }: { path: string }, handler: { onResponseError(controller: undefined, error: Error): void }) {
    if (this.destroyed) handler.onResponseError(undefined, new Error('destroyed'));
    else this.sent.push(path);
    return false;
  }

  destroy(): Promise<void> {
    this.destroyed = true;
    return Promise.resolve();
  }
}

describe('connections', () => {
  let made: TestClient[];
  let clients: Clients;
  let failed: string[];

  beforeEach(() => {
    made = [];
    failed = [];
    const create = (): Client => {
      const client = new TestClient();
      made.push(client);
      return client as unknown as Client;
    };
    clients = new Clients(create, 2);
  });

  const send = (...paths: string[]): void => {
    for (const path of paths) {
      const onResponseError = (): void => {
        failed.push(path);
      };
      clients.dispatch({ method: 'GET', path }, { onResponseError });
    }
  };
  const sent = (): string[][] => made.map((client) => client.sent);

  it('are opened where none is free, and the one that was free last is used first', () => {
    send('/1', '/2');
    made[0]?.emit('drain');
    made[1]?.emit('drain');
    send('/3');
    made[1]?.emit('drain');
    send('/4');
    expect(sent()).toEqual([['/1'], ['/2', '/3', '/4']]);
  });

  it('let requests wait in order where all are busy', () => {
    send('/1', '/2', '/3', '/4');
    expect(sent()).toEqual([['/1'], ['/2']]);
    made[1]?.emit('drain');
    made[0]?.emit('drain');
    expect(sent()).toEqual([
      ['/1', '/4'],
      ['/2', '/3'],
    ]);
  });

  it('are replaced where one could not be opened', () => {
    send('/1', '/2', '/3');
    made[0]?.emit('connectionError');
    made[0]?.emit('drain');
    expect(sent()).toEqual([['/1'], ['/2'], ['/3']]);
  });

  it('fail what waits and what comes later once they are closed', () => {
    send('/1', '/2', '/3');
    clients.close();
    made[0]?.emit('drain');
    send('/4');
    expect(failed).toEqual(['/3', '/4']);
    expect(made.map(({ destroyed }) => destroyed)).toEqual([true, true]);
    expect(sent()).toEqual([['/1'], ['/2']]);
  });
});
