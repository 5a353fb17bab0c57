import { newStep, type Observation } from '@sluice/panel-kind';
import type { MeterState } from '../plan.js';
import type { Defect, MeterPanel } from './defect.js';

type Answer = Parameters<Parameters<MeterPanel['readUsage']>[1]>[1];

/** A panel that answers with other readings. */
const reads =
  (change: (reading: Answer['reading']) => Answer['reading']) =>
  ({ readUsage }: MeterPanel): Partial<MeterPanel> => ({
    readUsage: (requests, onAnswer, ...rest) =>
      readUsage(
        requests,
        (service, answer) => {
          onAnswer(service, { ...answer, reading: change(answer.reading) });
        },
        ...rest,
      ),
  });

/** A panel that observes something else. */
const observes =
  (change: (seen: Observation<MeterState>) => Observation<MeterState>) =>
  ({ observe }: MeterPanel): Partial<MeterPanel> => ({
    observe: async (...given) => new Map([...(await observe(...given))].map(([id, seen]) => [id, change(seen)])),
  });

const nothing = (): Promise<void> => Promise.resolve();

/** Defects in what is read. */
export const READ: Defect[] = [
  {
    name: 'an unreadable figure counts as 0',
    hazard: 'docs/panels/hiddify.md#h2-odd-rows',
    story: "is not held by usage that can't be read: a text for a figure",
    spoil: reads((reading) =>
      reading.known ? reading : { known: true, at: reading.at, inBytes: null, outBytes: null, totalBytes: 0 },
    ),
  },
  {
    name: 'figures in MB are read as bytes',
    hazard: 'docs/panels/easydcim.md#h4-the-unit-is-unknown',
    story: 'is held, and gets back what it had',
    spoil: reads((reading) =>
      reading.known ? { ...reading, totalBytes: Math.floor((reading.totalBytes ?? 0) / 1024 ** 2) } : reading,
    ),
  },
  {
    name: 'answers are given to services by their order',
    hazard: 'docs/panels/easydcim.md#17-lists-and-pages',
    story: 'is held, and gets back what it had',
    spoil: ({ readUsage }) => ({
      readUsage: (requests, onAnswer, ...rest) => {
        const ids = requests.map(({ service }) => service.id);
        return readUsage(
          requests,
          (id, answer) => {
            onAnswer(ids[ids.length - 1 - ids.indexOf(id)] ?? id, answer);
          },
          ...rest,
        );
      },
    }),
  },
  {
    name: 'a failed read is an empty list',
    hazard: 'docs/panels/hiddify.md#h1-a-failed-read-is-not-an-empty-list',
    story: "is not released by usage that can't be read: a list that is cut short",
    spoil: observes((seen) => ({
      ...seen,
      error: null,
      state: seen.state ?? { meter: null, isForeign: false },
    })),
  },
  {
    name: "an id is another customer's now",
    hazard: 'docs/panels/easydcim.md#h2-deleted-objects',
    story: "is reported when its ids are another customer's",
    spoil: observes((seen) => ({ ...seen, state: seen.state && { ...seen.state, isForeign: false } })),
  },
  {
    name: 'a change in doubt counts as not done',
    hazard: 'docs/panels/hiddify.md#h4-writes-of-unknown-outcome',
    story: 'ends the same whichever call fails: a poll that holds',
    ways: ['cut after'],
    spoil: () => ({
      resolve: () => ({ state: 'failed', observed: null, error: { code: 'unknown', message: 'It was not done.' } }),
    }),
  },
  {
    name: 'a change in doubt counts as done',
    hazard: 'docs/panels/flvx.md#h6-lost-answers',
    story: 'ends the same whichever call fails: create',
    ways: ['cut before'],
    spoil: () => ({ resolve: () => ({ state: 'applied', observed: null, error: null }) }),
  },
  {
    name: 'a check of an account creates it',
    hazard: 'docs/panels/hiddify.md#h10-checking-is-not-creating',
    story: 'has no account after a dry run',
    spoil: ({ observe, apply }) => ({
      observe: async (services, signal, options) => {
        const [service] = services;
        if (options?.command?.verb === 'create' && service !== undefined) {
          const payload = { name: service.refs['meter_name'] ?? '', pipe: 'narrow' };
          const step = newStep('create-meter', payload.name, { payload });
          const calls = { calling: nothing, accepted: nothing, earlier: () => Promise.resolve([]) };
          await apply(service, step, { signal, ...calls, password: null });
        }
        return observe(services, signal, options);
      },
    }),
  },
];
