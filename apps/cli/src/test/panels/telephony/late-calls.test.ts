import { describe, expect, it } from '@jest/globals';
import type { FakeCall } from '@sluice/fake-panels';
import { closeAfterTest } from '../../each-test.js';
import { arrive, timeOut } from '../../killed-command.js';
import { LINE, startTelephonyBench, type TelephonyBench, type Wire } from './telephony-bench.js';

let at: TelephonyBench;

async function start(wire?: Wire): Promise<void> {
  at = closeAfterTest(await startTelephonyBench(wire));
  await at.addService();
}

const land = (call: FakeCall): Promise<unknown> => arrive(at.panel, call);

describe('a suspension that had no answer for a minute and is taken back', () => {
  it('leaves the line active when the panel suspends it 14 seconds later', async () => {
    await start();
    const landed = await timeOut(at, 'provision suspend svc-1', { endpoint: /suspend$/, lateMs: 14_000, land });
    expect((await at.run('provision unsuspend svc-1')).exitCode).toBe(0);
    await landed();
    expect(at.panel.subscriber(LINE).status).toBe('active');
    expect(await at.bench.store((store) => store.actions.unresolved())).toEqual([]);
  });
});

describe('a link of a number that had no answer for a minute', () => {
  const NUMBER = '+551140005678';
  const words = `did link ${NUMBER} --service svc-1`;
  const endpoint = /diddestination\/save$/;

  /** Runs the link without an answer. */
  async function startLink(lateMs: number): Promise<() => Promise<void>> {
    await start('magnusbilling');
    at.panel.addDid({ number: NUMBER });
    return timeOut(at, words, { endpoint, lateMs, land });
  }

  async function link(): Promise<unknown[]> {
    const { exitCode, json } = await at.run(words);
    const { error, actions } = json<{ error: { code: string } | null; actions: { state: string }[] }>();
    return [exitCode, error?.code, ...actions.map(({ state }) => state)];
  }

  it('is not repeated while the panel may still do it', async () => {
    await startLink(60_000);
    expect(await link()).toEqual([1, 'outcome_unknown']);
    expect(at.panel.destinations(NUMBER)).toEqual([]);
    at.bench.clock.advance(60_000);
    expect(await link()).toEqual([0, undefined]);
    expect(at.panel.destinations(NUMBER)).toEqual([LINE]);
  });

  it('is repeated at once where its connection was cut', async () => {
    await start('magnusbilling');
    at.panel.addDid({ number: NUMBER });
    at.panel.server.inject({ endpoint, times: 1, when: 'before', fault: { kind: 'cut' } });
    expect(await link()).toEqual([3, 'outcome_unknown', 'in-doubt']);
    expect((await link())[0]).toBe(0);
    expect(at.panel.destinations(NUMBER)).toEqual([LINE]);
  });

  it('is repeated ten minutes later', async () => {
    await startLink(3_600_000);
    at.bench.clock.advance(600_000);
    expect(await link()).toEqual([0, undefined, 'applied']);
    expect(at.panel.destinations(NUMBER)).toEqual([LINE]);
  });
});
