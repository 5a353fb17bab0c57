import type { PanelFacets, ReadLists, TargetState } from '@sluice/panel-kind';
import { isMoved } from '../account/rules.js';
import { parseHistory } from '../account/history/history.js';
import type { FlvxObservation } from '../client/observation.js';
import { lacksNodes, parseCheckpoint } from './checkpoint.js';
import { findKeptRows } from './kept-rows.js';
import { toScope } from './product.js';
import type { RunLists } from './run-lists.js';
import type { RunSnapshot, TimedSnapshot } from './run-snapshot.js';

type Facet = NonNullable<PanelFacets['unchanged']>;
type Service = Parameters<Facet['show']>[0];

/** Twice this is less than what counts as a clock that was set. */
const CLOCK_MS = 2400;

/** The panel's clock is ahead of ours by a figure in whole seconds. */
const MARGIN_MS = 5000;

/** What the lists of users, permissions and forwards show of accounts that nothing is pending for. */
export class UnchangedAccounts implements Facet {
  #read: TimedSnapshot | null = null;
  /** What the shorter lists show, which a reconcile observes accounts in. */
  #site = '';
  /** Digest of what all accounts have in common; null until the first is shown. */
  #shared: string | null = null;

  constructor(
    readonly settings: string,
    private readonly snapshot: RunSnapshot,
    private readonly lists: RunLists,
  ) {}

  async read(scope: TargetState['scope'], signal: AbortSignal): Promise<ReadLists> {
    const read = await this.snapshot.accounts(signal);
    if (this.#read !== read) {
      this.#site = scope === 'poll' ? '' : await this.#readSite(signal);
      this.#shared = null;
      this.#read = read;
    }
    return { at: read.at, clockAhead: read.snapshot.clockAhead };
  }

  async #readSite(signal: AbortSignal): Promise<string> {
    const [{ tunnels, speedLimits }, { nodes, groups }] = await Promise.all([
      this.snapshot.site(signal),
      this.snapshot.labels(signal),
    ]);
    return JSON.stringify([tunnels, speedLimits, nodes?.map(({ id, name }) => [id, name]) ?? null, groups]);
  }

  show(service: Service): string | null {
    const account = this.#observe(service);
    if (this.#read === null || account === null) return null;
    const { user, duplicates, strangers, permissions, forwards, speedUse } = account;
    const { users } = this.#read.snapshot;
    const others = [duplicates, strangers, this.lists.listSharers(service)];
    this.#shared ??= toDigest([this.#site, JSON.stringify(speedUse), String(users.size)]);
    return JSON.stringify([user, others, permissions, forwards, this.#shared]);
  }

  accept(service: Service): void {
    if (this.#read !== null) this.lists.accept(service, this.#read);
  }

  stands({ service, checkpoint }: Parameters<Facet['stands']>[0], endsAt: string): string | null {
    const account = this.#observe(service);
    const history = parseHistory(checkpoint);
    const known = parseCheckpoint(checkpoint);
    if (this.#read === null || account?.user == null || history === null || known?.reading == null) return null;
    const { clockAhead, at } = this.#read.snapshot;
    const isOther = history.userId !== account.user.id || this.lists.listSharers(service).length > 0;
    const isPending = findKeptRows(checkpoint) !== null || lacksNodes(known.account);
    if (isOther || isPending || Math.abs(known.reading.clockAhead - clockAhead) >= CLOCK_MS) return null;
    if (account.forwards.some(({ status }) => status !== 1) || isMoved(history, account.forwards)) return null;
    const ends = [account.user, ...account.permissions].map(({ expiresAt }) => expiresAt);
    if (ends.some((end) => end <= at)) return null;
    const first = new Date(Math.min(...ends) - clockAhead - MARGIN_MS).toISOString();
    return first < endsAt ? first : endsAt;
  }

  /** Returns the account of a service; null where rows of it could not be parsed. */
  #observe(service: Service): FlvxObservation | null {
    try {
      return this.#read?.snapshot.observe(toScope(service)) ?? null;
    } catch {
      return null;
    }
  }
}

function toDigest(parts: readonly string[]): string {
  // Loaded on demand, as it loads slowly.
  return process.getBuiltinModule('node:crypto').hash('sha256', parts.join('\n'), 'base64url');
}
