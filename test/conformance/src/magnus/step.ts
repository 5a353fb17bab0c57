/** One request of the replay. `{tag}` is text of this run, `{name}` the id that an earlier step kept under that name. */
export interface ReplayStep {
  readonly title: string;
  /** `MODULE/ACTION`, with a query where one is sent. */
  readonly target: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Keeps the id of the answer's row under this name. */
  readonly keep?: string;
  /** The columns of rows that are compared. Default: all. */
  readonly shows?: readonly string[];
  /** Sends other bytes than `fields`, or other headers than key and signature. */
  readonly raw?: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> };
}

/** A call record that the replay puts into the panel's database, of the user kept as `ana`. */
export interface ReplayCall {
  readonly startedAt: string;
  readonly talkSeconds: number;
  readonly billedSeconds: number;
  readonly charge: string;
  readonly destination: string;
  readonly inbound: boolean;
}

/** Writes one condition, or several, as a `filter`. */
export function where(...conditions: readonly (readonly [field: string, value: unknown, comparison?: string])[]): {
  filter: string;
} {
  const list = conditions.map(([field, value, comparison = 'eq']) => ({ type: 'numeric', field, comparison, value }));
  return { filter: JSON.stringify(list) };
}

export function step(
  title: string,
  target: string,
  fields: Readonly<Record<string, string>> = {},
  more: Omit<ReplayStep, 'title' | 'target' | 'fields'> = {},
): ReplayStep {
  return { title, target, fields, ...more };
}
