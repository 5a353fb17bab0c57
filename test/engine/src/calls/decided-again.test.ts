import { expect, it } from '@jest/globals';
import type { AlarmView } from '@sluice/engine';
import { few } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { startTelephonyBench } from '../bench/telephony-bench.js';

/** Late calls of a line: two alarms of these amounts, both acknowledged at first. */
const AMOUNTS = ['9.0000', '5.0000'];
const ALL = 14;

/** Orders of steps that begin with a decision and end before a run, and what an invoice has of the line: only bills by hand end. */
const CASES = [
  { order: 'DDDD', billed: 0 },
  { order: 'DDD', billed: 0 },
  { order: 'DDRD', billed: 0 },
  { order: 'DRDD', billed: 0 },
  { order: 'DRD', billed: 0 },
  { order: 'DDD', billed: 70 },
  { order: 'DRD', billed: 70 },
];

interface Figures {
  charged: number;
  acknowledged: number;
  all: number;
}

const HOUR_MS = 3_600_000;

const at = useBench(startTelephonyBench);

async function runAt(time: number): Promise<void> {
  at.setTime(new Date(time).toISOString());
  await at.bill();
}

/** Lists the alarms of each line, the oldest calls first. */
async function listAlarms(lines: readonly string[]): Promise<AlarmView[][]> {
  const { alarms } = await at.sluice.notices.alarms();
  const sorted = alarms
    .filter(({ code }) => code === 'calls_unbilled')
    .sort((a, b) => (a.since + a.id < b.since + b.id ? -1 : 1));
  return lines.map((line) => sorted.filter(({ message }) => message.includes(` ${line} `)));
}

const toAmount = ({ message }: AlarmView): number => Number(/: ([\d.]+) BRL$/.exec(message)?.[1]);

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** Acknowledges the first or second alarm of a line, or takes that back where it was. */
async function decide(alarms: readonly AlarmView[], index: number): Promise<void> {
  const { id, acknowledged } = alarms[index] ?? alarms[0]!;
  await at.sluice.notices.acknowledge(id, { undo: acknowledged !== null });
}

/** Returns what counts as charged of a line beside what was billed, what is acknowledged, and what all its alarms are of. */
async function readFigures(line: string, alarms: readonly AlarmView[], billed: number): Promise<Figures> {
  const bills = await at.bench.store.callBills.list({ subscriber: line });
  const acknowledged = sum(alarms.filter((alarm) => alarm.acknowledged !== null).map(toAmount));
  const charged = sum(bills.map((bill) => Number(bill.charged))) - billed;
  return { charged, acknowledged, all: sum(alarms.map(toAmount)) };
}

/** Adds lines of which the same is billed, and two alarms acknowledged; returns when. */
async function prepare(lines: readonly string[], billed: number): Promise<number> {
  for (const line of lines) {
    at.panel.addSubscriber({ id: line, username: `user${line}`, customer: '501', plan: '11' });
    const own = { panel: 'voice', product: 'line', client: '42', status: 'active' };
    await at.sluice.services.add(`svc-${line}`, { ...own, astbilling_subscriber_id: line });
    if (billed > 0) at.addCall('2026-11-10T09:00:00-03:00', `${billed}.0000`, { subscriber: line });
    else await at.sluice.services.set(`svc-${line}`, { status: 'terminated' });
  }
  let time = Date.parse('2026-12-02T12:00:00Z');
  if (billed > 0) await runAt(time);
  for (const amount of AMOUNTS) {
    for (const line of lines) at.addCall('2026-11-25T08:00:00-03:00', amount, { subscriber: line });
    time += 24 * HOUR_MS;
    await runAt(time);
    for (const alarms of await listAlarms(lines)) {
      const [alarm] = alarms.filter(({ acknowledged }) => acknowledged === null);
      await at.sluice.notices.acknowledge(alarm!.id);
    }
  }
  return time;
}

it.each(few(CASES, 2))(
  'of a line with $billed on an invoice what is acknowledged is charged, by any decisions in $order (D: a decision, R: a run)',
  async ({ order, billed }) => {
    const decisions = Array.from(order).filter((step) => step === 'D').length;
    // Each line has decisions of its own about its first (0) and its second alarm (1).
    const lines = Array.from({ length: 2 ** decisions }, (_, index) => `${9100 + index}`);
    let time = await prepare(lines, billed);
    let decided = 0;
    for (const [index, step] of Array.from(`${order}R`).entries()) {
      const before = await listAlarms(lines);
      if (step === 'R') await runAt((time += HOUR_MS));
      else for (const [choices, alarms] of before.entries()) await decide(alarms, (choices >> decided) & 1);
      if (step === 'D') decided += 1;
      const after = await listAlarms(lines);
      for (const [choices, line] of lines.entries()) {
        const figures = await readFigures(line, after[choices]!, billed);
        const what = `${choices.toString(2).padStart(decisions, '0')} of ${order}, step ${index}`;
        const { charged } = figures;
        expect({ what, ...figures }).toEqual({ what, charged, acknowledged: charged, all: ALL });
      }
    }
  },
);
