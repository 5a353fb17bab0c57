import { expect, it } from '@jest/globals';
import type { FakeCall, Fault } from '@sluice/fake-panels';
import { closeAfterTest } from '../each-test.js';
import { GB } from '../hiddify-bench.js';
import { type ResellerWorld, startResellerWorld } from './reseller-world.js';

const LATER = 'could not be done at the moment; try again later';
const IN_DOUBT = 'It is not known yet whether this was done.';

/** The first changing call is lost, and each call after it: what became of it can't be read. */
function loseChange({ at }: ResellerWorld, fault: Fault = { kind: 'cut' }): () => void {
  let isLost = false;
  const match = ({ changing }: FakeCall): boolean => isLost || (isLost = changing);
  return at.panel.server.inject({ match, fault });
}

it('say that it is not known whether a user was made or extended, and make it once when it is sent again', async () => {
  const world = closeAfterTest(await startResellerWorld());
  const { at, users } = world;
  const anna = `/users/${users.anna}/extend`;
  const ways: [() => Promise<{ status: number; text: string }>, string][] = [
    [() => world.send('/users', { name: 'cora', traffic: '2', days: '10' }), IN_DOUBT],
    [() => world.api('POST /agents/own/users', { name: 'dora', limitBytes: 2 * GB }), IN_DOUBT],
    [
      () => world.command('agent user create north --name emma --gb 2'),
      'It is not known whether user "emma" was created',
    ],
    [() => world.send(anna, { traffic: '1', days: '' }), IN_DOUBT],
    [() => world.api('POST /agents/own/users/anna/extend', { bytes: 2 * GB }), IN_DOUBT],
    [() => world.command('agent user extend north anna --gb 3'), 'may still have been made'],
  ];
  for (const [send, said] of ways) {
    const find = loseChange(world);
    const { text } = await send();
    find();
    expect([text, text.includes(LATER)]).toEqual([expect.stringContaining(said), false]);
    const again = await send();
    expect([0, 200, 201, 303]).toContain(again.status);
    at.bench.clock.advance(61_000);
  }
  const limits = at.panel.listUsers(at.north).map(({ name, usageLimit }) => [name, usageLimit / GB]);
  expect(Object.fromEntries(limits)).toEqual({ anna: 16, bela: 10, cora: 2, dora: 2, emma: 2 });
});
