import type { Sluice } from '@sluice/engine';
import type { FakeCall, FakeServer } from '@sluice/fake-panels';
import type { EngineBench } from './engine-bench.js';
import { intercept } from './intercept.js';

/** A bench with its panel. */
export interface KillableBench {
  bench: EngineBench;
  panel: { server: FakeServer; url: string };
}

/** In which of its calls of an endpoint an engine is killed: its n-th, before or after the panel has done it. */
export interface KillPoint {
  endpoint: RegExp;
  nth?: number;
  when?: 'before' | 'after';
  /** How long after that call `land` happens on the panel. Default 10 seconds. */
  lateMs?: number;
  /** What happens on the panel then, or when the function that `kill` returns is called. */
  land: (call: FakeCall) => Promise<unknown>;
}

/** Kills the engine in a call of this endpoint that `work` makes, and starts another a second later. */
export async function kill(
  { bench, panel: { server } }: KillableBench,
  work: (sluice: Sluice) => Promise<unknown>,
  { endpoint, nth = 1, when = 'before', lateMs = 10_000, land }: KillPoint,
): Promise<() => Promise<void>> {
  const { clock } = bench;
  const calls: FakeCall[] = [];
  const killed = { is: false, at: 0 };
  const ignore = server.onCall((call) => {
    if (!endpoint.test(call.endpoint) || calls.push(call) !== nth) return;
    Object.assign(killed, { is: true, at: clock.now() });
    server.inject({ fault: { kind: 'cut' } });
  });
  server.inject({ endpoint, times: nth, when, fault: { kind: 'cut' } });
  // Nothing of a process is read or written once it is killed.
  const store = intercept(bench.store, () => (killed.is ? Promise.reject(new Error('killed')) : null));
  const end = await work(await bench.restart({ store })).then(
    () => 'not killed',
    () => 'killed',
  );
  ignore();
  server.clearFaults();
  await bench.restart();
  const call = calls[nth - 1];
  if (call === undefined) throw new Error(`no call ${nth} of ${String(endpoint)} was made: ${end}`);
  clock.set(killed.at + 1000);
  return landAt({ bench, panel: { server } }, killed.at + lateMs, () => land(call));
}

/** Lets something happen on the panel once, before the first reading at or after an instant, or when the returned function is called. */
export function landAt(
  { bench: { clock }, panel: { server } }: { bench: EngineBench; panel: { server: FakeServer } },
  instant: number,
  land: () => Promise<unknown>,
): () => Promise<void> {
  let landing: Promise<void> | undefined;
  const landOnce = (): Promise<void> => (landing ??= land().then(() => undefined));
  const match = (call: FakeCall): boolean => !call.changing && clock.now() >= instant;
  server.inject({ match, fault: { kind: 'wait', until: landOnce } });
  return landOnce;
}

/** Sends a call that the killed engine had sent. */
export function arrive({ panel: { url } }: { panel: { url: string } }, call: FakeCall): Promise<unknown> {
  const { path, method, headers, body } = call;
  const kept = ['authorization', 'content-type', 'hiddify-api-key', 'key', 'sign'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return fetch(new URL(path, url), { method, headers: Object.fromEntries(kept), body });
}
