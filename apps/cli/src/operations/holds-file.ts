import { readFileSync } from 'node:fs';
import type { EvidenceRecord, HoldRecord, ServiceRecord, StateStore, StoreTables } from '@sluice/state-store';
import * as z from 'zod';
import { usageError } from '../errors.js';
import { replaceFile } from './atomic-file.js';

/** All open holds with their evidence and the services they are on: enough to give everything back without the store. */
export interface HoldsFile {
  about: string;
  at: string;
  services: ServiceRecord[];
  holds: HoldRecord[];
  evidence: EvidenceRecord[];
}

const ABOUT =
  'Open holds of Sluice and what was done for each. "sluice hold release --all --from THIS-FILE --yes" gives it back.';

/** Where the file stands: beside the store. */
export function holdsFileOf(storeFile: string): string {
  return `${storeFile}.holds.json`;
}

/** Writes the file anew from what the store says. */
export async function writeHoldsFile(store: StateStore, at: string): Promise<void> {
  const holds = await store.holds.open();
  const evidence = await store.evidence.open();
  const ids = [...new Set([...holds, ...evidence].map((row) => row.service))];
  const ended = evidence.map((row) => row.hold).filter((id) => !holds.some((hold) => hold.id === id));
  // Evidence may outlive its hold for as long as giving it back fails: its hold goes with it.
  const past = ended.length === 0 ? [] : (await store.holds.all()).filter((hold) => ended.includes(hold.id));
  const services = ids.length === 0 ? [] : await store.services.list({ ids });
  const file: HoldsFile = { about: ABOUT, at, services, holds: [...holds, ...past], evidence };
  replaceFile(holdsFileOf(store.location), `${JSON.stringify(file, null, 2)}\n`);
}

const textOrNull = z.string().nullable();
const schema = z.object({
  about: z.string(),
  at: z.string(),
  services: z.array(z.looseObject({ id: z.string(), panel: z.string(), product: z.string() })),
  holds: z.array(
    z.looseObject({ id: z.string(), service: z.string(), reason: z.string(), since: z.string(), until: textOrNull }),
  ),
  evidence: z.array(
    z.looseObject({
      id: z.string(),
      hold: z.string(),
      service: z.string(),
      panel: z.string(),
      kind: z.string(),
      target: z.string(),
    }),
  ),
});

/** Reads such a file; anything else is a usage error. */
export function readHoldsFile(file: string): HoldsFile {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8'))) as unknown as HoldsFile;
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    const reason =
      code === 'ENOENT'
        ? 'there is no such file'
        : code !== undefined
          ? `it can't be read (${code})`
          : (message ?? 'it is damaged');
    throw usageError(
      'bad_holds_file',
      `${file} is no file of open holds: ${reason.split('\n')[0] ?? ''}; nothing was called`,
    );
  }
}

/** Takes over services, holds and evidence that the store does not have: the store may have been lost. */
export async function adoptHoldsFile(file: HoldsFile, tables: StoreTables): Promise<void> {
  const known = new Set((await tables.services.list({ ids: file.services.map((row) => row.id) })).map((row) => row.id));
  await tables.services.put(file.services.filter((row) => !known.has(row.id)));
  const holds = new Set((await tables.holds.all()).map((row) => row.id));
  for (const hold of file.holds) if (!holds.has(hold.id)) await tables.holds.add(hold);
  const evidence = new Set((await tables.evidence.ofHolds(file.holds.map((row) => row.id))).map((row) => row.id));
  for (const item of file.evidence) if (!evidence.has(item.id)) await tables.evidence.add(item);
}

/** Tables whose changes are watched: what is changed in `holds` or `evidence` has to reach the file. */
export function watchHolds(tables: StoreTables, changed: () => void): StoreTables {
  const watched = <Table extends object>(table: Table, reads: readonly string[]): Table =>
    new Proxy(table, {
      get(target, key, receiver) {
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof value === 'function' && typeof key === 'string' && !reads.includes(key)) changed();
        return value;
      },
    });
  return {
    ...tables,
    holds: watched(tables.holds, ['open', 'all']),
    evidence: watched(tables.evidence, ['open', 'ofHolds']),
  };
}
