import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { CommandReport, DidReport, Sluice } from '@sluice/engine';
import { killable, openWorld, SYSTEMS, type SystemName, type World } from './world.js';

/** Without SLUICE_LONG=1 only some of the points are tried. */
const LONG = process.env['SLUICE_LONG'] === '1';
const NUMBER = '+551140001234';

type Command = (sluice: Sluice, world: World) => Promise<CommandReport | DidReport>;

const COMMANDS: readonly Command[] = [
  (sluice, { folder }) => sluice.provision.create('svc-1', { passwordFile: path.join(folder, 'secret') }),
  (sluice) => sluice.dids.link(NUMBER, { service: 'svc-1' }),
  (sluice) => sluice.provision.suspend('svc-1', { withDids: true }),
  (sluice) => sluice.provision.unsuspend('svc-1'),
  (sluice) => sluice.provision.terminate('svc-1', { forfeitUnbilled: true }),
];

/** What the panel has after each command. */
function expectDone(world: World, command: number): void {
  const { fake, folder } = world;
  const lines = fake.subscribers().filter(({ status }) => status !== 'terminated');
  const did = fake.did(NUMBER);
  if (command === 4) {
    expect([lines.length, did.subscriberId === null || did.status === 'terminated']).toEqual([0, true]);
    return;
  }
  expect(lines).toHaveLength(1);
  const [line] = lines;
  if (command === 0) expect(readFileSync(path.join(folder, 'secret'), 'utf8').trim()).toBe(line?.password);
  if (command >= 1) expect(did.subscriberId).toBe(line?.id);
  expect(fake.destinations(NUMBER).length).toBeLessThanOrEqual(1);
  const status = command === 2 ? 'suspended' : 'active';
  expect(line?.status).toBe(status);
  if (command >= 1) expect(did.status).toBe(status);
}

/** Repeats a command as its operator does until it is done. */
async function finish(world: World, command: Command): Promise<void> {
  const outcomes: string[] = [];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const sluice = await world.restart();
    try {
      const { run } = await command(sluice, world);
      outcomes.push(run.outcome);
      if (run.outcome === 'done') return;
    } catch (error) {
      const { code } = error as { code?: string };
      // It was finished before it was killed.
      if (code === 'wrong_lifecycle') return;
      throw error;
    }
    world.clock.advance(15_000);
  }
  throw new Error(`not done after four attempts: ${outcomes.join(', ')}`);
}

/** Performs all commands; `interrupt` begins each, and returns whether there was anything to interrupt. */
async function live(
  system: SystemName,
  interrupt: (world: World, command: Command) => Promise<boolean>,
): Promise<boolean> {
  const world = await openWorld(system);
  try {
    world.fake.addDid({ number: NUMBER });
    let reached = false;
    for (const [index, command] of COMMANDS.entries()) {
      if (await interrupt(world, command)) reached = true;
      await finish(world, command);
      expectDone(world, index);
    }
    expect(await world.store.evidence.open()).toEqual([]);
    expect(await world.store.actions.unresolved()).toEqual([]);
    return reached;
  } finally {
    await world.close();
  }
}

describe.each(LONG ? SYSTEMS : (['magnusbilling'] as const))('on the wire %s', (system) => {
  it.each(['before', 'after'] as const)('each command finishes after an answer was lost %s the work', async (when) => {
    for (const skip of LONG ? [0, 1, 2, 3] : [0]) {
      await live(system, async (world, command) => {
        const remove = world.fake.server.inject({
          match: ({ changing }) => changing,
          skip,
          times: 1,
          when,
          fault: { kind: 'cut' },
        });
        await command(await world.restart(), world).catch(() => null);
        remove();
        return true;
      });
    }
  });

  it('each command finishes after a kill at any write', async () => {
    for (let at = 1, reached = true; reached && at < 40; at += LONG ? 1 : 4) {
      reached = await live(system, async (world, command) => {
        const killed = { at, is: false };
        await command(await world.restart(killable(world.store, killed)), world).catch((error: unknown) => {
          if (!killed.is) throw error;
        });
        return killed.is;
      });
    }
  });
});
