import type { Sluice } from '@sluice/engine';
import type { FakeCall, FakeServer } from '@sluice/fake-panels';
import type { StateStore } from '@sluice/state-store';
import type { EngineBench } from './engine-bench.js';

/** A bench with its panel. */
export interface KillableBench {
  bench: EngineBench;
  panel: { server: FakeServer; url: string };
}

/** In which of its calls of an endpoint a process is killed: its n-th, before or after the panel has done it. */
export interface KillPoint {
  endpoint: RegExp;
  nth?: number;
  when?: 'before' | 'after';
  /** How long after that call `land` happens on the panel. Default 10 seconds. */
  lateMs?: number;
  /** What happens on the panel then, or when the function that `kill` returns is called. */
  land: (call: FakeCall) => Promise<unknown>;
}

/** Thrown by the store of a process that was killed. */
class Killed extends Error {}

/** Does `work` on an engine whose process is killed in a call of this endpoint, and starts the next one. */
export async function kill(
  at: KillableBench,
  work: (sluice: Sluice) => Promise<unknown>,
  { endpoint, nth = 1, when = 'before', lateMs = 10_000, land }: KillPoint,
): Promise<() => Promise<void>> {
  const { bench } = at;
  const { server } = at.panel;
  const killed: { by: FakeCall | null } = { by: null };
  let calledAt = 0;
  let count = 0;
  const ignore = server.onCall((call) => {
    if (killed.by !== null || !endpoint.test(call.endpoint) || ++count !== nth) return;
    calledAt = bench.clock.now();
    killed.by = call;
    server.inject({ fault: { kind: 'cut' } });
  });
  server.inject({ endpoint, times: nth, when, fault: { kind: 'cut' } });
  const sluice = await bench.restart({ store: killable(bench.store, () => killed.by !== null) });
  await work(sluice).catch((error: unknown) => {
    if (killed.by === null) throw error;
  });
  ignore();
  server.clearFaults();
  await bench.restart();
  const { by } = killed;
  if (by === null) throw new Error(`${endpoint} was not called ${nth} times`);
  bench.clock.set(calledAt + 1000);
  return landAt(at, calledAt + lateMs, () => land(by));
}

/** Lets something happen on the panel once, before the first reading at or after an instant, or when the returned function is called. */
function landAt({ bench, panel }: KillableBench, instant: number, land: () => Promise<unknown>): () => Promise<void> {
  let landing: Promise<void> | undefined;
  const landOnce = (): Promise<void> => (landing ??= land().then(() => undefined));
  const match = (call: FakeCall): boolean => !call.changing && bench.clock.now() >= instant;
  panel.server.inject({ match, fault: { kind: 'wait', until: landOnce } });
  return landOnce;
}

/** Sends a call that the killed process had sent. */
export function arrive({ url }: KillableBench['panel'], call: FakeCall): Promise<unknown> {
  const { path, method, headers, body } = call;
  const kept = ['authorization', 'content-type', 'key', 'sign'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return fetch(`${url}${path}`, { method, headers: Object.fromEntries(kept), body });
}

/** Returns the store, of which nothing can be written once the process is killed. */
function killable(store: StateStore, isKilled: () => boolean): StateStore {
  return new Proxy(store, {
    get(target, name: keyof StateStore) {
      if (name === 'close') return () => Promise.resolve();
      if (name !== 'write') return target[name];
      const write: StateStore['write'] = (work, options) =>
        isKilled() ? Promise.reject(new Killed('killed')) : target.write(work, options);
      return write;
    },
  });
}
