import { describe, expect, it } from '@jest/globals';

const isLong = process.env['SLUICE_LONG'] === '1';

/** Operations whose calls fail, and how each is carried out. */
interface FailingCalls<Operation, Way, State> {
  operations: Readonly<Record<string, Operation>>;
  ways: readonly Way[];
  /** Number of a sample's way, from the number of its operation. */
  toWay: (index: number) => number;
  /** Carries an operation out without a failure. */
  undisturbed: (operation: Operation) => Promise<{ calls: number; state: State }>;
  /** Carries it out while one call fails; returns what is wrong afterwards. */
  disturbed: (operation: Operation, call: number, way: Way, state: State) => Promise<string[]>;
}

/** Tests each operation with every call failing in every way in long runs, and with one of these cases in the others. */
export function describeFailingCalls<Operation, Way, State>(given: FailingCalls<Operation, Way, State>): void {
  const { operations, ways, toWay, undisturbed, disturbed } = given;
  describe.each(Object.entries(operations).map(([name, operation], index) => ({ name, operation, index })))(
    '$name',
    ({ operation, index }) => {
      it(
        isLong ? 'ends the same whichever call fails, in whichever way' : 'ends the same when a call fails (a sample)',
        async () => {
          const { calls, state } = await undisturbed(operation);
          const cases = Array.from({ length: calls }, (_, call) => ways.map((way) => ({ call, way }))).flat();
          const chosen = isLong ? cases : [sample(calls, ways, toWay(index))];
          expect(calls).toBeGreaterThan(0);
          const wrong: string[] = [];
          for (const { call, way } of chosen) wrong.push(...(await disturbed(operation, call, way, state)));
          expect(wrong).toEqual([]);
        },
        isLong ? 1_800_000 : 120_000,
      );
    },
  );
}

/**
 * Returns the call that fails and the way in which it does: early, midway or late among the calls, and one way after the other,
 * so that the operations together see all of them.
 */
function sample<T>(calls: number, ways: readonly T[], number: number): { call: number; way: T } {
  return { call: Math.floor((calls * ((number % 3) + 0.5)) / 3), way: ways[number % ways.length]! };
}
