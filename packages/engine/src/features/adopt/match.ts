import type { BilledService } from '@sluice/quota-core';
import { addressKey, exactKey, foldedKey, hostKey, mailKey, refKey } from './match-keys.js';

/** A service of a panel, as far as a billing system may know it. */
export interface ServiceToMatch {
  /** Texts by column of a service import. */
  readonly columns: Readonly<Record<string, string>>;
  /** Names of its account or host. */
  readonly names: readonly string[];
  /** IP addresses, perhaps with a port or a prefix length. */
  readonly addresses: readonly string[];
  readonly emails: readonly string[];
}

/** What a service and a billed one have in common. */
export type MatchedBy = 'field' | 'name' | 'address' | 'e-mail';

/** A billed service that a service is proposed to be. */
export interface BilledMatch {
  readonly billed: BilledService;
  /** What they have in common and nobody else has. */
  readonly certainty: MatchedBy;
  /** `field` is certain, a name or an address probable; an e-mail, or a name without its case, is weak. */
  readonly strength: 'certain' | 'probable' | 'weak';
}

/** Services and billed ones that could be each other. */
export interface MatchConflict {
  readonly by: MatchedBy;
  /** The text that they have in common, after its column where that is a `field`; null where different texts lead to different ones. */
  readonly value: string | null;
  /** Places of the services for which nothing is proposed. */
  readonly services: readonly number[];
  /** All candidates. */
  readonly billed: readonly BilledService[];
}

/** What `matchBilled` found. */
export interface BilledMatches {
  /** By the place of the service; null where nothing is proposed. */
  readonly matches: readonly (BilledMatch | null)[];
  readonly conflicts: readonly MatchConflict[];
}

/** How services and billed ones are compared: equal keys are something in common. */
interface Comparison {
  by: MatchedBy;
  ofService: (service: ServiceToMatch) => (string | null)[];
  ofBilled: (billed: BilledService) => (string | null)[];
}

/** Places of services and billed ones that have something in common. */
interface Found {
  by: MatchedBy;
  value: string | null;
  services: Set<number>;
  billed: Set<number>;
}

interface Link {
  by: MatchedBy;
  service: number;
  billed: number;
}

/**
 * Proposes for each service at most one billed service, and no billed service twice. What they have in common has to be of one service
 * and one billed service only: first the value of one of `refColumns`, which a custom field of the same name has exactly; then a name or
 * an address; then a name without its case; then an e-mail. Two that have different values of such a column are never the same. Billed
 * services that have ended are left out. Independent of the order of both lists. Pure.
 */
export function matchBilled(
  services: readonly ServiceToMatch[],
  billed: readonly BilledService[],
  refColumns: readonly string[],
): BilledMatches {
  const live = billed.filter(({ status }) => status !== 'terminated');
  return new Matcher(services, live, refColumns).match();
}

class Matcher {
  readonly #matches = new Map<number, BilledMatch>();
  /** Places of billed services that are proposed for a service. */
  readonly #taken = new Set<number>();
  /** Places for which there is more than one candidate by something stronger. */
  readonly #open = { services: new Set<number>(), billed: new Set<number>() };
  readonly #conflicts: Found[] = [];

  constructor(
    private readonly services: readonly ServiceToMatch[],
    private readonly billed: readonly BilledService[],
    private readonly refColumns: readonly string[],
  ) {}

  match(): BilledMatches {
    const all = { services: new Set(this.services.keys()), billed: new Set(this.billed.keys()) };
    this.#step([this.#byField()], 'certain', all);
    const rest = {
      services: new Set([...all.services].filter((place) => !this.#matches.has(place))),
      billed: new Set([...all.billed].filter((place) => !this.#taken.has(place))),
    };
    this.#step([BY_NAME, BY_ADDRESS], 'probable', rest);
    this.#step([BY_FOLDED_NAME], 'weak', rest);
    this.#step([BY_MAIL], 'weak', all);
    const sure = [...this.#matches.values()].filter(({ strength }) => strength === 'certain');
    const certain = new Set(sure.map(({ billed }) => billed));
    const conflicts = this.#conflicts.flatMap((found) => this.#toConflict(found, certain) ?? []);
    return { matches: this.services.map((_, place) => this.#matches.get(place) ?? null), conflicts: unite(conflicts) };
  }

  #byField(): Comparison {
    const keys = (texts: Readonly<Record<string, string>>): (string | null)[] =>
      this.refColumns.map((column) => {
        const key = Object.hasOwn(texts, column) ? refKey(texts[column] ?? '') : null;
        return key === null ? null : `${column} ${key}`;
      });
    return { by: 'field', ofService: ({ columns }) => keys(columns), ofBilled: ({ fields }) => keys(fields) };
  }

  /** Compares those `among` which nothing is proposed yet; the others still count where a key has to be of one only. */
  #step(
    comparisons: readonly Comparison[],
    strength: BilledMatch['strength'],
    among: { services: ReadonlySet<number>; billed: ReadonlySet<number> },
  ): void {
    const groups = comparisons.flatMap((comparison) => this.#group(comparison, among));
    const links = groups.flatMap((group) => (isUnique(group) ? this.#toLinks(group) : []));
    const ofService = collect(links, ({ service }) => service);
    const ofBilled = collect(links, ({ billed }) => billed);
    const isAlone = (link: Link): boolean =>
      isSame(ofService.get(link.service), ({ billed }) => billed) &&
      isSame(ofBilled.get(link.billed), ({ service }) => service);
    for (const link of links) if (isAlone(link)) this.#take(link, strength);
    for (const several of [...ofService.values(), ...ofBilled.values()]) this.#report(several);
    for (const group of groups.filter((one) => !isUnique(one))) {
      this.#conflicts.push(group);
      if (strength === 'certain') this.#block(group);
    }
  }

  #group(
    { by, ofService, ofBilled }: Comparison,
    among: { services: ReadonlySet<number>; billed: ReadonlySet<number> },
  ): Found[] {
    const groups = new Map<string, Found>();
    const add = (what: 'services' | 'billed', place: number, keys: readonly (string | null)[]): void => {
      for (const key of keys) {
        if (key === null) continue;
        const value = by === 'field' ? key : key.slice(key.indexOf(' ') + 1);
        const group = groups.get(key) ?? { by, value, services: new Set(), billed: new Set() };
        groups.set(key, group);
        group[what].add(place);
      }
    };
    for (const [place, service] of this.services.entries())
      if (among.services.has(place)) add('services', place, ofService(service));
    for (const [place, one] of this.billed.entries()) if (among.billed.has(place)) add('billed', place, ofBilled(one));
    return [...groups.values()].filter(({ services, billed }) => services.size > 0 && billed.size > 0);
  }

  #toLinks({ by, services: [service], billed: [one] }: Found): Link[] {
    if (service === undefined || one === undefined) return [];
    if (this.#matches.has(service) || this.#open.services.has(service)) return [];
    if (this.#taken.has(one) || this.#open.billed.has(one) || this.#contradict(service, one)) return [];
    return [{ by, service, billed: one }];
  }

  /** Whether a custom field names another object of the panel. */
  #contradict(service: number, billed: number): boolean {
    const columns = this.services[service]?.columns ?? {};
    const fields = this.billed[billed]?.fields ?? {};
    return this.refColumns.some((column) => {
      if (!Object.hasOwn(columns, column) || !Object.hasOwn(fields, column)) return false;
      const [own, theirs] = [refKey(columns[column] ?? ''), refKey(fields[column] ?? '')];
      return own !== null && theirs !== null && own !== theirs;
    });
  }

  #take({ by, service, billed }: Link, strength: BilledMatch['strength']): void {
    const one = this.billed[billed];
    if (one === undefined || this.#matches.has(service)) return;
    this.#matches.set(service, { billed: one, certainty: by, strength });
    this.#taken.add(billed);
  }

  /** Adds the conflict of links that lead from one to several. */
  #report(links: readonly Link[]): void {
    const services = new Set(links.map(({ service }) => service));
    const billed = new Set(links.map(({ billed: place }) => place));
    const [first] = links;
    if (first === undefined || (services.size === 1 && billed.size === 1)) return;
    const conflict = { by: first.by, value: null, services, billed };
    this.#conflicts.push(conflict);
    this.#block(conflict);
  }

  #block({ services, billed }: Found): void {
    for (const place of services) this.#open.services.add(place);
    for (const place of billed) this.#open.billed.add(place);
  }

  /** Returns the conflict of what is open, without candidates that are certainly others; null where nothing is. */
  #toConflict({ by, value, services, billed }: Found, certain: ReadonlySet<BilledService>): MatchConflict | null {
    const places = [...services].filter((place) => !this.#matches.has(place));
    const candidates = [...billed].flatMap((place) => this.billed[place] ?? []).filter((one) => !certain.has(one));
    if (places.length === 0 || candidates.length === 0) return null;
    return { by, value, services: places, billed: candidates };
  }
}

const BY_NAME: Comparison = {
  by: 'name',
  ofService: ({ names }) =>
    names.flatMap((name) => [prefixed('user', exactKey(name)), prefixed('host', hostKey(name))]),
  ofBilled: ({ username, domain }) => [prefixed('user', exactKey(username)), prefixed('host', hostKey(domain))],
};

const BY_FOLDED_NAME: Comparison = {
  by: 'name',
  ofService: ({ names }) => names.map((name) => prefixed('user', foldedKey(name))),
  ofBilled: ({ username }) => [prefixed('user', foldedKey(username))],
};

const BY_ADDRESS: Comparison = {
  by: 'address',
  ofService: ({ addresses }) => addresses.map((address) => prefixed('ip', addressKey(address))),
  ofBilled: ({ addresses }) => addresses.map((address) => prefixed('ip', addressKey(address))),
};

const BY_MAIL: Comparison = {
  by: 'e-mail',
  ofService: ({ emails }) => emails.map((email) => prefixed('mail', mailKey(email))),
  ofBilled: ({ clientEmail }) => [prefixed('mail', mailKey(clientEmail))],
};

const prefixed = (what: string, key: string | null): string | null => (key === null ? null : `${what} ${key}`);

function collect(links: readonly Link[], key: (link: Link) => number): Map<number, Link[]> {
  const found = new Map<number, Link[]>();
  for (const link of links) {
    const own = found.get(key(link));
    if (own === undefined) found.set(key(link), [link]);
    else own.push(link);
  }
  return found;
}

/** Returns the conflicts without repetitions: without its case a name leads to the same candidates again. */
function unite(conflicts: readonly MatchConflict[]): MatchConflict[] {
  const different = new Map<string, MatchConflict>();
  for (const one of conflicts) {
    const { by, value, services, billed } = one;
    const places = services.toSorted((a, b) => a - b);
    const key = JSON.stringify([by, foldedKey(value), places, billed.map(({ id }) => id).sort()]);
    const before = different.get(key);
    if (before === undefined || (value ?? '') < (before.value ?? '')) different.set(key, one);
  }
  return [...different.values()];
}

const isUnique = ({ services, billed }: Found): boolean => services.size === 1 && billed.size === 1;

function isSame(links: readonly Link[] | undefined, key: (link: Link) => number): boolean {
  return new Set(links?.map(key)).size === 1;
}
