import { describe, expect, it } from '@jest/globals';
import { gigabytes } from '../../client/records.js';
import { customerAndNeighbour } from '../../test/customers.js';
import { close, open, setQuota, type Done } from '../../test/orders.js';
import { GB, name, useWorld } from '../../test/world.js';
import { emptyHistory, type FlvxAccount, type FlvxHistory, newHistory, storedHistory } from './history.js';
import { observeHistory } from './observed-history.js';
import type { Past } from './comparison.js';
import { recordStep, type StepRecord } from './record-step.js';

/** The customer's forwards 1 and 3 run, 2 and 4 are paused by him; 1 and 2 are on tunnel 1. */
const scope = { userId: 2, name };
const world = useWorld(customerAndNeighbour);

const nobody = { user: () => false, permission: () => false, forward: () => false, speed: () => false };
const past = (more: Partial<Past> = {}): Past => ({
  last: null,
  reading: null,
  records: [],
  cycle: 'c1',
  isReset: true,
  held: nobody,
  changes: null,
  paused: new Set(),
  ...more,
});
/** What a journal says of what was done. */
const journaled = ({ steps }: Done): StepRecord[] =>
  steps.map(({ step, state }) => ({ step, done: state === 'applied' || state === 'unneeded', sent: true }));
const read = (): Promise<FlvxAccount> => world.client.observe(scope);
const seen = async (more: Partial<Past> = {}): Promise<FlvxHistory> =>
  observeHistory(await read(), past(more))!.history;

describe('the history of an account', () => {
  it('is the same from the steps and from their journal', async () => {
    const closed = await close(world.client, scope, { redirect: true });
    const opened = await open(world.client, scope, { starts: [1], remoteAddr: '203.0.113.7:443' });
    const records = [...journaled(closed), ...journaled(opened)];
    expect(records.length).toBeGreaterThan(10);
    const replayed = records.reduce(recordStep, emptyHistory);
    const halfway = journaled(closed).reduce(recordStep, emptyHistory);
    expect(closed.account.history).toEqual(halfway);
    expect(journaled(opened).reduce(recordStep, halfway)).toEqual(replayed);
    expect(replayed.away).toMatchObject({ 1: '127.0.0.1:9', 3: '127.0.0.1:9' });
  });

  it('is not changed by a step that was never sent', async () => {
    const { steps } = await close(world.client, scope, {});
    for (const { step } of steps) {
      expect(recordStep(emptyHistory, { step, done: false, sent: false })).toBe(emptyHistory);
    }
  });

  it('says that a write whose answer was lost may have started paused forwards and overwritten values', async () => {
    const { steps } = await setQuota(world.client, scope, { quota: gigabytes(30), tunnels: [1] });
    const lost = steps.map(({ step }) => ({ step, done: false, sent: true }));
    const { restarted, values, ownQuota } = lost.reduce(recordStep, emptyHistory);
    expect(restarted).toEqual([4]);
    expect(values).toEqual([expect.objectContaining({ tunnelId: 2, quota: 7 })]);
    expect(ownQuota).toBe(false);
  });

  it('knows what the panel stopped at a quota from what a step paused and what the customer paused', async () => {
    const last = storedHistory(await seen());
    Object.assign(world.flvx.world.users.get(2)!, { inFlow: 101 * GB });
    for (const id of [1, 3]) world.flvx.world.forwards.get(id)!.status = 0;
    expect((await seen({ last })).stopped).toEqual([1, 3]);
    const account = await read();
    const prior = { ...account.forwards.find((row) => row.id === 1)!, status: 1 };
    const pause: StepRecord = {
      step: {
        id: 'pause-forward:1',
        type: 'pause-forward',
        target: '1',
        payload: { forwardId: 1, entryNodes: 1 },
        prior,
        needs: [],
      },
      done: true,
      sent: true,
    };
    expect((await seen({ last, records: [pause] })).stopped).toEqual([3]);
    expect((await seen({ last, held: { ...nobody, forward: (id) => id === 3 } })).stopped).toEqual([1]);
  });

  it('judges what a step has started, and who paused it since, only by an instant after that', async () => {
    world.flvx.world.forwards.get(1)!.status = 0;
    const last = storedHistory(await seen());
    const prior = (await read()).forwards.find((row) => row.id === 1)!;
    const at = { from: 1000, until: 1100 };
    const resume: StepRecord = {
      step: {
        id: 'resume-forward:1',
        type: 'resume-forward',
        target: '1',
        payload: { forwardId: 1 },
        prior,
        needs: [],
      },
      done: true,
      sent: true,
      at,
    };
    const judged = async (changes: Past['changes']): Promise<unknown> =>
      (await seen({ last, records: [resume], changes })).forwards[1];
    const unjudged = expect.objectContaining({ status: 1, unjudged: true });
    expect(await judged(null)).toEqual(unjudged);
    expect(await judged(new Map([[1, 900]]))).toEqual(unjudged);
    expect(await judged(new Map([[1, 1050]]))).toMatchObject({ status: 0 });
  });

  it('begins again with another account of the service', async () => {
    const stranger = { ...storedHistory(newHistory({ id: 99, status: 1 })), stopped: [2], firstCycle: 'c0' };
    expect(await seen({ last: stranger })).toMatchObject({ userId: 2, stopped: [], firstCycle: 'c1' });
    expect(observeHistory({ ...(await read()), user: null }, past())).toBeNull();
  });
});
