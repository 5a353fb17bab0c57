import { diffStates, type Fault } from '@sluice/fake-panels';
import { DAY, GB, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';
import { describeFailingCalls } from '../../failing-calls.js';

/** How a call fails: before the panel did anything, or after it did all. */
const FAULTS: Record<string, Fault> = {
  'status 500': { kind: 'status', status: 500, body: { msg: 'boom' } },
  'status 502': { kind: 'html', status: 502 },
  'status 422': { kind: 'status', status: 422, body: { message: 'Validation error' } },
  'status 403': { kind: 'status', status: 403, body: { message: 'Unathorized' } },
  'a cut connection': { kind: 'cut' },
  'half an answer': { kind: 'truncated' },
  'a web page': { kind: 'html' },
  'an empty answer': { kind: 'empty' },
};
const WAYS = Object.entries(FAULTS).flatMap(([name, fault]) =>
  (['before', 'after'] as const).map((when) => ({ name: `${name} ${when}`, fault, when })),
);

interface Operation {
  setUp: (at: HiddifyBench) => Promise<void>;
  words: string;
}

async function ok(at: HiddifyBench, words: string): Promise<void> {
  const outcome = await at.sluice(words);
  if (outcome.exitCode !== 0) throw new Error(`${words}: ${outcome.stdout}${outcome.stderr}`);
}

async function customer(at: HiddifyBench): Promise<string> {
  const user = await at.create(1);
  at.panel.addUser({ name: 'somebody else', agent: at.north });
  await ok(at, 'poll');
  return user;
}

async function served(at: HiddifyBench): Promise<void> {
  await customer(at);
}

/** Three users of an agent who has used up his limit. */
async function fullAgent(at: HiddifyBench): Promise<void> {
  for (const name of ['a', 'b', 'c']) at.panel.use(at.panel.addUser({ name, agent: at.north }), 2 * GB);
  await ok(at, 'agent limit north --gb 5 --yes');
}

/** An agent with a service, a user of a sub-agent, and a user that somebody disabled. */
async function agentWithService(at: HiddifyBench): Promise<void> {
  await at.create(1, { product: 'agency' });
  at.panel.addUser({ name: 'a', agent: at.panel.addAgent(at.north, { name: 'north-east' }) });
  at.panel.disable(at.panel.addUser({ name: 'b', agent: at.north }));
  await ok(at, 'poll');
}

const OPERATIONS: Record<string, Operation> = {
  create: { setUp: (at) => at.addService(1), words: 'provision create svc-1' },
  'create under a limited agent': {
    async setUp(at) {
      await ok(at, 'agent limit north --gb 100');
      await at.addService(1, { product: 'agency' });
    },
    words: 'provision create svc-1',
  },
  suspend: { setUp: served, words: 'provision suspend svc-1' },
  unsuspend: {
    async setUp(at) {
      await customer(at);
      await ok(at, 'provision suspend svc-1');
    },
    words: 'provision unsuspend svc-1',
  },
  renew: { setUp: served, words: 'provision renew svc-1 --until 2027-02-15' },
  'change-package': { setUp: served, words: 'provision change-package svc-1 monthly' },
  terminate: { setUp: served, words: 'provision terminate svc-1 --yes' },
  'a poll that holds': {
    async setUp(at) {
      at.panel.use(await customer(at), 60 * GB);
      at.bench.clock.advance(DAY);
    },
    words: 'poll',
  },
  'a poll that opens a cycle and releases': {
    async setUp(at) {
      at.panel.use(await customer(at), 60 * GB);
      at.bench.clock.advance(DAY);
      await ok(at, 'poll');
      await ok(at, 'provision renew svc-1');
      at.bench.clock.set('2026-12-15T03:00:00Z');
    },
    words: 'poll',
  },
  'a reconcile that repairs': {
    async setUp(at) {
      const user = await customer(at);
      Object.assign(at.panel.user(user), { usageLimit: 90 * GB, packageDays: 7 });
      at.bench.clock.advance(DAY);
    },
    words: 'reconcile',
  },
  'a sweep that disables': { setUp: fullAgent, words: 'agent check --all' },
  'a sweep that restores': {
    async setUp(at) {
      await fullAgent(at);
      await ok(at, 'agent check --all');
      await ok(at, 'agent limit north --gb 500 --yes');
    },
    words: 'agent check --all',
  },
  'a suspension of an agent': { setUp: agentWithService, words: 'agent suspend north' },
  'the end of a suspension': {
    async setUp(at) {
      await agentWithService(at);
      await ok(at, 'agent suspend north');
    },
    words: 'agent unsuspend north',
  },
};

/** The panel's whole state, with names instead of the uuids, which differ from run to run. */
function toState({ panel }: HiddifyBench): unknown {
  const snapshot = panel.snapshot();
  const rows = [...snapshot.admins, ...snapshot.users];
  const text = rows.reduce((all, { uuid, name }) => all.replaceAll(uuid, name), JSON.stringify(snapshot));
  const { admins, users, cores } = JSON.parse(text) as Record<string, { name: string }[]>;
  const byName = (list: { name: string }[] = []): unknown => Object.fromEntries(list.map((row) => [row.name, row]));
  return { admins: byName(admins), users: byName(users), cores: cores?.map(String).sort() };
}

async function onBench<T>(operation: Operation, work: (at: HiddifyBench) => Promise<T>): Promise<T> {
  const at = await startHiddifyBench();
  try {
    await operation.setUp(at);
    at.panel.server.clearCalls();
    return await work(at);
  } finally {
    await at.close();
  }
}

/** Calls that the operation makes when nothing fails, and the state that it leaves. */
function undisturbed(operation: Operation): Promise<{ calls: number; state: unknown }> {
  return onBench(operation, async (at) => {
    await ok(at, operation.words);
    return { calls: at.panel.server.calls.length, state: toState(at) };
  });
}

const MOST_REPEATS = 4;

/** What is not as it should be after the call failed and the operation was repeated. */
async function disturbed(
  operation: Operation,
  call: number,
  { name, ...way }: (typeof WAYS)[number],
  state: unknown,
): Promise<string[]> {
  return onBench(operation, async (at) => {
    at.panel.server.inject({ ...way, skip: call, times: 1 });
    let last = await at.sluice(operation.words);
    const codes = [last.exitCode];
    while ((last.exitCode !== 0 || codes.length === 1) && codes.length <= MOST_REPEATS) {
      at.bench.clock.advance(5 * 60_000);
      last = await at.sluice(operation.words);
      codes.push(last.exitCode);
    }
    const wrong = diffStates(state, toState(at));
    const planned = await at.sluice('plan');
    if (planned.exitCode !== 0) wrong.push(`plan: ${planned.stdout}`);
    if (![0, 1, 3].includes(codes[0] ?? -1) || last.exitCode !== 0)
      wrong.push(`exit ${codes.join(', ')}: ${last.stdout}`);
    return wrong.map((line) => `call ${call}, ${name}: ${line}`);
  });
}

describeFailingCalls({ operations: OPERATIONS, ways: WAYS, toWay: (index) => index * 5, undisturbed, disturbed });
