import { describe, expect, it } from '@jest/globals';
import { MemoryAgentTrafficStore } from './memory-store.js';

const snapshot = {
  at: '2026-03-01T12:00:00.000Z',
  until: '2026-03-01T12:00:00.000Z',
  users: 1,
  admins: 1,
  ownerName: 'Owner',
};

describe('MemoryAgentTrafficStore', () => {
  it('undoes a write that fails, as a whole', async () => {
    const store = new MemoryAgentTrafficStore();
    await expect(
      store.write(async (tables) => {
        await tables.snapshot.put(snapshot);
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');
    expect(await store.snapshot.get()).toBeNull();
  });

  it('runs writes one after the other and shows none before it is done', async () => {
    const store = new MemoryAgentTrafficStore();
    const order: string[] = [];
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const first = store.write(async (tables) => {
      await tables.snapshot.put(snapshot);
      await gate;
      order.push('first');
    });
    const second = store.write(async (tables) => {
      order.push(`second sees ${(await tables.snapshot.get())?.users}`);
    });
    expect(await store.snapshot.get()).toBeNull();
    go();
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second sees 1']);
  });

  it('takes no change outside of write', async () => {
    const store = new MemoryAgentTrafficStore();
    await expect(store.snapshot.put(snapshot)).rejects.toThrow('inside write()');
    await expect(store.ledger.remove(['x'])).rejects.toThrow('inside write()');
  });
});
