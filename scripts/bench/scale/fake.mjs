import { setTimeout as wait } from 'node:timers/promises';
import {
  populateEasyDcim,
  startFakeEasyDcim,
  startFakeFlvx,
  startFakeHiddify,
} from '../../../packages/fake-panels/dist/index.js';
import { seededRandom, slowness } from './random.mjs';

// A fake panel as a process of its own, so that its work is not measured as Sluice's. It is driven by messages: see `panel.mjs`.

const DAY_MS = 86_400_000;
/** When `dueDate` of the bench is. */
const DUE_IN_DAYS = 20;

const starts = {
  async easydcim({ services }) {
    const fake = await startFakeEasyDcim({ keepCalls: false });
    populateEasyDcim(fake, services, { rate: () => ({ inBytesPerSecond: 0, outBytesPerSecond: 0 }) });
    const ids = Array.from({ length: services }, (_, index) => index + 1);
    return { fake, secret: fake.token, ids, move: (id, bytes) => fake.addTraffic(id, { in: bytes, out: 0 }) };
  },
  async flvx({ services }) {
    const fake = await startFakeFlvx({ keepCalls: false });
    const tunnel = fake.addTunnel({ name: 'HK-01', entryNodes: [fake.addNode('hk-entry')] });
    const forwards = new Map();
    for (let number = 1; number <= services; number++) {
      const expTime = Date.now() + DUE_IN_DAYS * DAY_MS;
      const user = fake.addUser({ user: `customer-${number}`, flow: 100, expTime, flowResetTime: 0 });
      fake.addPermission(user, tunnel);
      forwards.set(user, fake.addForward(user, tunnel, { port: 10_000 + (number % 50_000) }));
    }
    const ids = [...forwards.keys()];
    return {
      fake,
      secret: 'admin_user',
      ids,
      move: (id, bytes) => fake.traffic(forwards.get(id), { in: bytes, out: 0 }),
    };
  },
  async hiddify({ services }) {
    const fake = await startFakeHiddify({ keepCalls: false });
    const agents = Array.from({ length: Math.ceil(services / 250) }, () => fake.addAgent());
    const ids = Array.from({ length: services }, (_, at) =>
      fake.addUser({
        agent: agents[at % agents.length],
        usageLimit: 20 * 2 ** 30,
        packageDays: DUE_IN_DAYS,
        mode: 'no_reset',
        startDate: new Date().toISOString().slice(0, 10),
      }),
    );
    fake.panel.warmUp();
    return { fake, secret: fake.key, ids, agents, move: (id, bytes) => fake.use(id, bytes) };
  },
};

const { kind, latency, ...size } = JSON.parse(process.argv[2]);
const { fake, secret, ids, agents = [], move } = await starts[kind](size);
const random = seededRandom(size.seed ?? 1);
if (latency !== undefined)
  fake.server.inject({ fault: { kind: 'wait', until: () => wait(slowness(latency, random)) } });

const orders = {
  /** Traffic through this share of the services. */
  move({ share, bytes }) {
    for (const id of ids.slice(0, Math.round(ids.length * share))) move(id, bytes);
  },
  calls: () => fake.server.totals.calls,
};

process.on('message', ({ order, ...what }) => {
  process.send({ result: orders[order](what) ?? null });
});
process.on('disconnect', () => process.exit());
process.send({ result: { url: fake.url, secret, ids, agents } });
