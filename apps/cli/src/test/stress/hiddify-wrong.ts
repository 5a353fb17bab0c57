import type { FakeHiddify } from '@sluice/fake-panels';
import { ALLOCATED_LIMIT, allowedGb, toProduct, type DrawnUser } from './hiddify-services.js';
import { dateIn, type World } from './world.js';
import { wrongRows } from './wrong-rows.js';

const GB = 1024 ** 3;
/** Limit of a user without a quota: the most that the panel accepts. */
const MOST_BYTES = 1_000_000 * GB;
const DAY = 86_400_000;

/** Services with more than one account. */
export function wrongNumbers(panel: FakeHiddify, users: readonly DrawnUser[]): string[] {
  const names = [...panel.state.users.values()].map(({ name }) => name);
  return users.flatMap(({ id }) => {
    const count = names.filter((name) => name === id).length;
    return count > 1 ? [`the panel has ${count} users ${id}`] : [];
  });
}

/** Whether more was sold to an agent's users than its limit. A user in the middle of its making has no size yet. */
export function wrongSum(panel: FakeHiddify, agent: string): string[] {
  const sold = panel
    .listUsers(agent)
    .filter(({ name }) => name !== 'unknown')
    .reduce((sum, { usageLimit, currentUsage }) => sum + Math.max(usageLimit, currentUsage), 0);
  return sold > ALLOCATED_LIMIT * GB
    ? [`${sold / GB} GB are sold to users of an agent with ${ALLOCATED_LIMIT} GB`]
    : [];
}

/** Accounts and rows that are not what the last commands made of them. */
export async function wrongAccounts(world: World, panel: FakeHiddify, users: readonly DrawnUser[]): Promise<string[]> {
  const rows = await wrongRows(world, users, (facts) => ({
    product: toProduct(facts),
    nextDueDate: dateIn(Number(facts['due'])),
  }));
  const refs = await readRefs(world);
  const accounts = users.flatMap(({ id }) => {
    const facts = world.book.certain(id);
    const [user] = [...panel.state.users.values()].filter(({ name }) => name === id);
    if (facts['made'] !== true) return user === undefined ? [] : [`the panel has a user ${id} that nobody has ordered`];
    if (user === undefined) return [`the panel has no user ${id}`];
    const allowed = allowedGb(facts);
    const limit = allowed === null ? MOST_BYTES : allowed * GB;
    const end = new Date(Date.parse(user.startDate ?? '') + user.packageDays * DAY).toISOString().slice(0, 10);
    return [
      ...(refs.get(id) === user.uuid ? [] : [`the store has forgotten the account of ${id}`]),
      ...(user.usageLimit === limit ? [] : [`${id} may use ${user.usageLimit / GB} GB instead of ${limit / GB}`]),
      ...(end === dateIn(Number(facts['due']))
        ? []
        : [`${id} ends on ${end} instead of ${dateIn(Number(facts['due']))}`]),
    ];
  });
  return [...rows, ...accounts];
}

/** The account of each service, as `service list` shows it. */
async function readRefs(world: World): Promise<Map<string, string | undefined>> {
  const { stdout } = await world.bench.sluice(['service', 'list', '--json']);
  const { services } = JSON.parse(stdout) as { services: { id: string; refs: Record<string, string> }[] };
  return new Map(services.map(({ id, refs }) => [id, refs['hiddify_user_uuid']]));
}
