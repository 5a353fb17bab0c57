import type { Facts, Value } from './facts.js';
import type { World } from './world.js';

/** Services whose columns are not what the last commands made of them, as `service list` shows them. */
export async function wrongRows(
  world: World,
  services: readonly { id: string }[],
  expected: (facts: Facts) => Record<string, Value | undefined>,
): Promise<string[]> {
  const { stdout } = await world.bench.sluice(['service', 'list', '--json']);
  const listed = (JSON.parse(stdout) as { services: Record<string, unknown>[] }).services;
  return services.flatMap(({ id }) => {
    const row = listed.find((each) => each['id'] === id);
    if (row === undefined) return [`${id} is not in the store`];
    return Object.entries(expected(world.book.certain(id))).flatMap(([key, value]) =>
      row[key] === value ? [] : [`${id}: ${key} is ${JSON.stringify(row[key])} instead of ${JSON.stringify(value)}`],
    );
  });
}
