/** A value of a fact, such as a product's name or whether an operator holds the service. */
export type Value = string | number | boolean;

/** All facts of one subject. */
export type Facts = Readonly<Record<string, Value>>;

/** One fact that a command sets. */
export interface Write {
  subject: string;
  field: string;
  value: Value;
}

/** How a command that sets facts ended: they are set, they are as before, or it can't be told. */
export type Ending = 'set' | 'not-set' | 'unclear';

interface Entry {
  at: number;
  possible: Value[];
}

/**
 * What the test knows of each subject (a service, a panel, an agent), over time. It comes from what was set up and from how
 * commands ended, never from the store. While a command is under way, and after it was killed, both values are possible.
 */
export class FactBook {
  readonly #entries = new Map<string, Map<string, Entry[]>>();

  /** Sets facts that are certain. */
  define(subject: string, facts: Facts, at: number): void {
    for (const [field, value] of Object.entries(facts)) this.#push({ subject, field }, [value], at);
  }

  /** A command that sets these facts is started. */
  begin(writes: readonly Write[], at: number): void {
    for (const write of writes) this.#push(write, [...new Set([...this.#now(write), write.value])], at);
  }

  /** That command has ended; nobody else was setting the same facts meanwhile. */
  finish(writes: readonly Write[], at: number, ending: Ending): void {
    for (const write of writes) {
      const entries = this.#of(write);
      const before = entries.at(-2)?.possible ?? [];
      if (ending === 'set') this.#push(write, [write.value], at);
      else if (ending === 'not-set') this.#push(write, before, at);
    }
  }

  /** A command that may have set these facts before is refused: it has not. */
  exclude(writes: readonly Write[], at: number): void {
    for (const write of writes) {
      const others = this.#now(write).filter((value) => value !== write.value);
      if (others.length > 0) this.#push(write, others, at);
    }
  }

  /** The value of a fact; undefined where several are possible. */
  value(subject: string, field: string): Value | undefined {
    const possible = this.possible(subject, field);
    return possible.length === 1 ? possible[0] : undefined;
  }

  /** The values that a fact may have now. */
  possible(subject: string, field: string): Value[] {
    return this.#now({ subject, field });
  }

  /** All facts of a subject now. Throws where one is not certain. */
  certain(subject: string): Facts {
    const facts: Record<string, Value> = {};
    for (const field of this.#fields(subject).keys()) {
      const value = this.value(subject, field);
      if (value === undefined) throw new Error(`${subject}: ${field} is not certain`);
      facts[field] = value;
    }
    return facts;
  }

  /** Every combination of facts that a subject may have had at some moment of a span of time. */
  combinations(subject: string, from: number, until: number): Facts[] {
    let all: Record<string, Value>[] = [{}];
    for (const [field, entries] of this.#fields(subject)) {
      const first = entries.findLast(({ at }) => at <= from) ?? entries[0];
      const later = entries.filter(({ at }) => at > from && at <= until);
      const values = new Set([...(first?.possible ?? []), ...later.flatMap(({ possible }) => possible)]);
      all = all.flatMap((facts) => [...values].map((value) => ({ ...facts, [field]: value })));
    }
    return all;
  }

  /** Moments at which something of a subject became possible or certain, the latest first. */
  changes(subject: string): number[] {
    const moments = [...this.#fields(subject).values()].flatMap((entries) => entries.map(({ at }) => at));
    return [...new Set(moments)].sort((a, b) => b - a);
  }

  #fields(subject: string): Map<string, Entry[]> {
    return this.#entries.get(subject) ?? new Map<string, Entry[]>();
  }

  #of({ subject, field }: Pick<Write, 'subject' | 'field'>): Entry[] {
    const fields = this.#entries.get(subject) ?? new Map<string, Entry[]>();
    this.#entries.set(subject, fields);
    const entries = fields.get(field) ?? [];
    fields.set(field, entries);
    return entries;
  }

  #now(what: Pick<Write, 'subject' | 'field'>): Value[] {
    return this.#of(what).at(-1)?.possible ?? [];
  }

  #push(what: Pick<Write, 'subject' | 'field'>, possible: Value[], at: number): void {
    this.#of(what).push({ at, possible });
  }
}
