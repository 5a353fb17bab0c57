/** The kinds of things that have ids on the panel. */
export type Kind =
  | 'user'
  | 'permission'
  | 'tunnel'
  | 'node'
  | 'limit'
  | 'forward'
  | 'userGroup'
  | 'tunnelGroup'
  | 'right';

/** The ids of what a run made, each with a name that is the same in every run. */
export class ReplaySymbols {
  readonly #names = new Map<Kind, Map<number, string>>();
  readonly #ids = new Map<string, number>();
  readonly #admin: RegExp;

  constructor(
    /** Begins all names that the run gives. */
    readonly prefix: string,
    readonly adminName: string,
  ) {
    // A whole word: the name may be a part of the run's own names.
    const name = adminName.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    this.#admin = new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'g');
  }

  findName(kind: Kind, id: number): string | undefined {
    return this.#names.get(kind)?.get(id);
  }

  knows(kind: Kind, id: number): boolean {
    return this.findName(kind, id) !== undefined;
  }

  /** Gives an id its name; what was there before under the same name keeps it, and the new one is numbered. */
  learn(kind: Kind, id: number, name: string): void {
    const names = this.#names.get(kind) ?? new Map<number, string>();
    this.#names.set(kind, names);
    if (names.has(id)) return;
    let free = name;
    for (let n = 2; [...names.values()].includes(free); n += 1) free = `${name}#${n}`;
    names.set(id, free);
    this.#ids.set(`${kind}:${free}`, id);
  }

  /** Gives something that is not an id a name, for templates. */
  learnText(name: string, text: string): void {
    this.#texts.set(name, text);
  }

  readonly #texts = new Map<string, string>();

  /** Learns a thing by its name on the panel, when that begins with the run's prefix. */
  learnByName(kind: Kind, id: number, name: string): void {
    if (name.startsWith(`${this.prefix}-`)) this.learn(kind, id, name.slice(this.prefix.length + 1));
  }

  /** Fills a template; see `ReplayRequest`. Throws for an id that the run does not know. */
  fill(value: unknown): unknown {
    if (typeof value === 'string') return this.#fillText(value);
    if (Array.isArray(value)) return value.map((item) => this.fill(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.fill(inner)]));
  }

  fillText(text: string): string {
    return String(this.#fillText(text));
  }

  #fillText(text: string): string | number {
    if (/^<[a-z]+:[^<>]+>$/i.test(text) && !text.startsWith('<secret:')) return this.#id(text.slice(1, -1));
    return text
      .replaceAll('{p}', this.prefix)
      .replaceAll('{admin}', this.adminName)
      .replace(/<([a-z]+:[^<>]+)>/gi, (_whole, name: string) => this.#texts.get(name) ?? String(this.#id(name)));
  }

  #id(name: string): number {
    const id = this.#ids.get(name);
    if (id === undefined) throw new Error(`The run has made no ${name}.`);
    return id;
  }

  /** A text of the panel with the run's names and ids replaced. */
  plain(text: string): string {
    return text
      .replaceAll(this.prefix, '{p}')
      .replace(this.#admin, '{admin}')
      .replace(/\b(\d+)_(\d+)_(\d+)(?=_|\b)/g, (_whole, forward: string, user: string, permission: string) =>
        [
          this.findName('forward', Number(forward)) ?? forward,
          this.findName('user', Number(user)) ?? user,
          this.findName('permission', Number(permission)) ?? permission,
        ].join('_'),
      );
  }
}
