import { randomUUID } from 'node:crypto';
import { castNames } from './step.js';

const anyUuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const keyFields = new Set(['ed25519_private_key', 'ed25519_public_key', 'wg_pk', 'wg_pub', 'wg_psk']);

/** The uuids and the name tag of one run, so that runs on one panel do not meet. */
export class ReplayCast {
  readonly tag = `r${randomUUID().slice(0, 8)}`;
  private readonly uuids = new Map<string, string>(castNames.map((name) => [name, randomUUID()]));
  private readonly names: ReadonlyMap<string, string>;

  constructor(
    private readonly base: URL,
    ownerKey: string,
  ) {
    this.uuids.set('owner', ownerKey);
    this.names = new Map([...this.uuids].map(([name, uuid]) => [uuid, name]));
  }

  /** All uuids but the Owner's. */
  members(): string[] {
    return castNames.map((name) => this.uuid(name));
  }

  /** Puts uuids and the tag in the place of `{name}`, `{NAME}` and `{tag}`. */
  fill(text: string): string {
    return text.replace(/\{([a-z\d-]+|[A-Z\d-]+)\}/g, (whole, name: string) => {
      if (name === 'tag') return this.tag;
      if (this.uuids.has(name)) return this.uuid(name);
      return this.uuids.has(name.toLowerCase()) ? this.uuid(name.toLowerCase()).toUpperCase() : whole;
    });
  }

  /** Takes everything out of a text that differs from run to run and from panel to panel. */
  plain(text: string): string {
    const path = this.base.pathname.slice(1);
    return text
      .replace(anyUuid, (uuid) => {
        const name = this.names.get(uuid.toLowerCase());
        if (name === undefined) return '<uuid>';
        return uuid === uuid.toLowerCase() ? `<${name}>` : `<${name.toUpperCase()}>`;
      })
      .replaceAll(this.tag, '<tag>')
      .replaceAll(this.base.host, '<host>')
      .replaceAll(path, '<path>');
  }

  /** Whether a row of a list is of this run. */
  owns(row: Readonly<Record<string, unknown>>): boolean {
    const mine = (value: unknown): boolean =>
      typeof value === 'string' && value !== this.uuid('owner') && this.names.has(value);
    return mine(row['uuid']) || mine(row['added_by_uuid']) || String(row['name']).startsWith(this.tag);
  }

  private uuid(name: string): string {
    const uuid = this.uuids.get(name);
    if (uuid === undefined) throw new Error(`The replay knows no ${name}.`);
    return uuid;
  }
}

/** One row with its database number, key material and dates of today taken out. */
export function plainRow(row: unknown): unknown {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return row;
  return Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, unknown]) => {
      if (name === 'id') return [name, typeof value];
      if (keyFields.has(name)) return [name, value === null ? null : typeof value];
      if (name === 'last_reset_time' && typeof value === 'string') return [name, value.replace(/^[\d-]{10}/, '<date>')];
      return [name, value];
    }),
  );
}
