import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { isIn } from './dialect.js';
import { inChunks } from './record-queries.js';
import { findRecord, listRecords, putRecords } from './record-queries.js';
import { renamePanel } from './rename-panel.js';
import { fingerprints, graphCache, switches } from './run-record-tables.js';

/** Tables about panels: their switches, the shapes of their answers, and the cache of their answers. */
export function panelTables(
  access: Access,
): Pick<StoreTables, 'switches' | 'fingerprints' | 'graphCache' | 'panels' | 'panelLists'> {
  return {
    switches: switchesTable(access),
    fingerprints: {
      list: (panel) =>
        access.read((session) =>
          listRecords(session, fingerprints, { where: { panel }, order: ['panel', 'endpoint'] }),
        ),
      put: (record) => access.write((session) => putRecords(session, fingerprints, ['panel', 'endpoint'], [record])),
    },
    graphCache: graphCacheTable(access),
    panels: { rename: (rename) => renamePanel(access, rename) },
    panelLists: panelListsTable(access),
  };
}

function switchesTable(access: Access): StoreTables['switches'] {
  return {
    list: () => access.read((session) => listRecords(session, switches, { order: ['panel', 'product'] })),
    set: (record) => access.write((session) => putRecords(session, switches, ['panel', 'product'], [record])),
    clear: (panel, product) =>
      access.write(async ({ db }) => {
        let query = db.deleteFrom('switches').where('panel', '=', panel);
        if (product !== undefined) query = query.where('product', '=', product ?? '');
        await query.execute();
      }),
  };
}

/** Most graphs that are kept of one service; the oldest go first. */
const MOST_GRAPHS = 30;

function graphCacheTable(access: Access): StoreTables['graphCache'] {
  return {
    get: (key, now) =>
      access.read(async (session) => {
        const record = await findRecord(session, graphCache, { key });
        return record !== null && record.expiresAt > now ? record : null;
      }),
    put: (record) =>
      access.write(async (session) => {
        await session.db.deleteFrom('graph_cache').where('expires_at', '<=', record.at).execute();
        await putRecords(session, graphCache, ['key'], [record]);
        const { service } = record;
        const newest = session.db.selectFrom('graph_cache').select('key').where('service', '=', service);
        await session.db
          .deleteFrom('graph_cache')
          .where('service', '=', service)
          .where('key', 'not in', newest.orderBy('at', 'desc').orderBy('key').limit(MOST_GRAPHS))
          .execute();
      }),
  };
}

/** A later reading replaces a list; until then even an old one is better than none. */
const NEVER = '9999-12-31T23:59:59.999Z';

const toKey = (panel: string, list: string): string => JSON.stringify(['list', list, panel]);

/** Ids of what panels have. They are kept in the cache of the panels' answers, each list under one key. */
function panelListsTable(access: Access): StoreTables['panelLists'] {
  return {
    ids: (list, panels) =>
      access.read(async ({ db }) => {
        const keys = panels.map((panel) => toKey(panel, list));
        const rows = await inChunks(keys, (chunk) =>
          db.selectFrom('graph_cache').select(['key', 'body']).where(isIn('key', chunk)).execute(),
        );
        const bodies = new Map(rows.map(({ key, body }) => [key, body]));
        return keys.flatMap((key) => JSON.parse(bodies.get(key) ?? '[]') as string[]);
      }),
    put: (panel, list, { ids, at }) => {
      const record = { key: toKey(panel, list), service: '', at, expiresAt: NEVER, body: JSON.stringify(ids) };
      return access.write((session) => putRecords(session, graphCache, ['key'], [record]));
    },
  };
}
