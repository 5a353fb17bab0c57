import type { UnassignedEntry } from '@sluice/engine';
import { bytes, shares, text, time } from '../terminal/columns.js';
import { bytesCell } from '../terminal/terminal.js';
import { shellWords } from '../terminal/words.js';
import { ExitCode } from '../exit-codes.js';
import type { CommandHandler } from './command.js';
import { type List, listCommand, type ListOptions } from './list.js';

const toRefs = ({ refs }: UnassignedEntry): string[] => Object.entries(refs).map(([ref, value]) => `${ref}=${value}`);

const limit = ({ unlimited, limitBytes }: UnassignedEntry): number | null => (unlimited === true ? null : limitBytes);

const ENTRIES: List<UnassignedEntry> = {
  key: 'entries',
  keepsOrder: true,
  empty: 'Nothing: services name all that the panel has.',
  columns: [
    text('id', ({ id }) => id),
    text('object', ({ object }) => object, { cell: ({ object }) => (object === 'did' ? 'DID' : object) }),
    text('name', ({ name }) => name, { least: 24 }),
    text('state', ({ state }) => state, {
      priority: 1,
      cell: ({ state }, { status }) => (state === null ? null : status(state)),
    }),
    bytes('used', ({ usedBytes }) => usedBytes, { priority: 2 }),
    {
      ...bytes<UnassignedEntry>('limit', ({ limitBytes }) => limitBytes, { priority: 2 }),
      cell: ({ unlimited, limitBytes }) => (unlimited === true ? 'unlimited' : bytesCell(limitBytes)),
    },
    ...shares<UnassignedEntry>(({ usedBytes }) => usedBytes, limit, { extra: true, priority: 8 }),
    time('expires', ({ expiresAt }) => expiresAt, { priority: 3 }),
    text('client', ({ clientName, clientEmail }) => clientName ?? clientEmail, { priority: 3 }),
    text('email', ({ clientEmail }) => clientEmail, { extra: true, priority: 9 }),
    text('addresses', ({ addresses }) => addresses.join(' ') || null, { priority: 4 }),
    time('created', ({ createdAt }) => createdAt, { extra: true, priority: 7 }),
    text('ended', ({ endedService }) => endedService, { title: 'ended service', priority: 2 }),
    text('refs', (entry) => toRefs(entry).join(' ') || null, { extra: true, priority: 10 }),
  ],
};

/** `sluice panel unassigned PANEL` */
export const panelUnassigned: CommandHandler<ListOptions> = listCommand<
  UnassignedEntry,
  ListOptions,
  { onPanel: number }
>(
  ENTRIES,
  async ({ sluice }, [panel = '']) => {
    const { onPanel, entries } = await sluice.panels.unassigned(panel);
    return { rows: entries, also: { onPanel } };
  },
  ({ terminal }, rows, { csv }, also) => {
    const found = rows.find(({ refs }) => Object.keys(refs).length > 0);
    if (csv !== undefined || found === undefined) return ExitCode.done;
    const words = ['sluice', 'service', 'add', 'ID', `panel=${found.panel}`, 'product=PRODUCT', ...toRefs(found)];
    terminal.info(`${rows.length} of ${also?.onPanel ?? '?'} on the panel. Name one with "${shellWords(words)}"`);
    return ExitCode.done;
  },
);
