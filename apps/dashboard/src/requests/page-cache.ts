import { createHash } from 'node:crypto';
import type { Clock } from '@sluice/panel-kind';
import type { CurrentConfig, Sluice } from '@sluice/engine';
import { setNewest } from './newest.js';
import type { Context } from '../server/options.js';

/** A page as it was rendered, with marks in place of what is of one visit only. */
interface Cached {
  version: string;
  /** When it was rendered, in milliseconds. */
  at: number;
  parts: Promise<string[]>;
}

/** A page that is ready to be sent. */
export interface CachedPage {
  /** Changes with the content. */
  tag: string;
  text: () => string;
}

/** What differs between two visits to the same page. */
export interface OfVisit {
  csrf: string;
  newKey: () => string;
}

/** While others write to the store, a page is rendered at most once in this time. */
const FRESH_MS = 1000;
/** Ages such as `3 min ago` are right for this long. */
const LONGEST_MS = 30_000;
const ENTRIES = 50;

/** Renders pages that depend on store and config alone once per change of these. */
export class PageCache {
  readonly #sluice: Sluice;
  readonly #clock: Clock;
  readonly #current: Context['current'];
  readonly #pages = new Map<string, Cached>();
  /** The config that the pages were rendered with. */
  #config: CurrentConfig | undefined;

  /** Stand in rendered pages for what is of one visit; nobody outside knows them. */
  readonly #csrf: string;
  readonly #key: string;

  constructor({ sluice, current, clock, randomBytes }: Pick<Context, 'sluice' | 'current' | 'clock' | 'randomBytes'>) {
    this.#sluice = sluice;
    this.#current = current;
    this.#clock = clock;
    [this.#csrf, this.#key] = [newMark(randomBytes), newMark(randomBytes)];
  }

  /** Returns a page; `render` gets marks in place of the visit's own values. */
  async read(id: string, of: OfVisit, render: (marks: OfVisit) => Promise<string>): Promise<CachedPage> {
    const version = await this.#sluice.version();
    const config = this.#current?.({ beforeChange: false });
    if (config !== this.#config) this.clear();
    this.#config = config;
    const known = this.#pages.get(id);
    const cached = known !== undefined && this.#isFresh(known, version) ? known : this.#add(id, version, render);
    const parts = await cached.parts;
    const tag = createHash('sha256').update(`${id} ${of.csrf} ${cached.version} ${cached.at}`).digest('base64url');
    return { tag: `"${tag.slice(0, 22)}"`, text: () => this.#fill(parts, of) };
  }

  /** Forgets all pages: the next ones show what a form has just changed. */
  clear(): void {
    this.#pages.clear();
  }

  #isFresh({ version, at }: Cached, now: string): boolean {
    const age = this.#clock.now() - at;
    return age >= 0 && age < (version === now ? LONGEST_MS : FRESH_MS);
  }

  #add(id: string, version: string, render: (marks: OfVisit) => Promise<string>): Cached {
    const marks = { csrf: this.#csrf, newKey: () => this.#key };
    const between = new RegExp(`(${this.#csrf}|${this.#key})`);
    const parts = render(marks).then((text) => text.split(between));
    const cached = { version, at: this.#clock.now(), parts };
    setNewest(this.#pages, id, cached, ENTRIES);
    parts.catch(() => {
      if (this.#pages.get(id) === cached) this.#pages.delete(id);
    });
    return cached;
  }

  #fill(parts: readonly string[], { csrf, newKey }: OfVisit): string {
    return parts.map((part) => (part === this.#csrf ? csrf : part === this.#key ? newKey() : part)).join('');
  }
}

function newMark(randomBytes: Context['randomBytes']): string {
  return `mark-${Buffer.from(randomBytes(16)).toString('hex')}`;
}
