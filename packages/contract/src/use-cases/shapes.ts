/**
 * What inputs of several methods consist of.
 *
 * @module
 */
import * as z from 'zod/mini';

/** What a method accepts: the names of its arguments, and what each has to be. */
export interface Input<Args extends z.core.$ZodType = z.core.$ZodType> {
  readonly names: readonly string[];
  readonly args: Args;
}

type Named = readonly [name: string, shape: z.core.SomeType];
type Shapes<Parts extends readonly Named[]> = { [Index in keyof Parts]: Parts[Index][1] };

/** States what a method accepts: its arguments in their order, each with its name. */
export function accepts<const Parts extends readonly Named[]>(
  ...parts: Parts
): Input<z.core.$ZodTuple<Shapes<Parts>, null>> {
  const shapes = parts.map(([, shape]) => shape) as unknown as [z.core.SomeType, ...z.core.SomeType[]];
  return { names: parts.map(([name]) => name), args: z.tuple(shapes) as never };
}

/** A function, or an object of the caller's own: the types of the method say what it has to be. */
function own(isOne: (value: unknown) => boolean, expected: string) {
  // eslint-disable-next-line typescript/no-explicit-any
  return z.custom<any>(isOne, expected);
}

export const work = own((value) => typeof value === 'function', 'a function');
export const ownObject = own((value) => typeof value === 'object' && value !== null, 'an object');
/** An object with these methods. */
export const objectWith = (...methods: string[]) =>
  own(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((name) => typeof (value as never)[name] === 'function'),
    `an object with ${methods.join(' and ')}`,
  );

export const text = z.string();
export const number = z.number();
/** A number that its use case checks, with an error of its own also for none that is finite. */
export const anyNumber = z.custom<number>((value) => typeof value === 'number', 'a number');
export const optionalText = z.optional(text);
export const optionalNumber = z.optional(number);
export const textOrNone = z.optional(z.nullable(text));
export const flag = z.optional(z.boolean());
export const texts = z.record(z.string(), z.string());
/** A whole number from `least` on. */
export const whole = (least: number) => z.int().check(z.minimum(least));
/** One of these words. */
export const word = (known: readonly string[]) => z.enum(known) as unknown as z.ZodMiniType<string, string>;
/** The most that is listed. */
export const limit = z.optional(whole(1));

/** The range of a graph. */
export const range = z.custom<'cycle' | `${number}h` | `${number}d`>(
  (value) => typeof value === 'string' && /^(cycle|[1-9]\d{0,4}[hd])$/.test(value),
  '"cycle" or a number of hours or days, such as 24h or 30d',
);

/** A row of an import: its texts by their columns, with its place in the file where it has one. */
export const importRow = z.strictObject({
  line: z.nullable(number),
  values: texts,
  headerLine: z.exactOptional(number),
  problem: z.exactOptional(text),
});

/** Rows of an import; a program may leave out their places. */
export const importRows = () => z.readonly(z.array(z.union([importRow, texts])));

/** The rows of an import. */
export const rows = () => ['rows', importRows()] as const;

const textsOrNulls = z.record(z.string(), z.nullable(text));

/** Rows of exported tables, by their names; a program may leave out the lines. */
export const tables = () =>
  z.record(
    z.string(),
    z.readonly(z.array(z.union([z.strictObject({ line: number, values: textsOrNulls }), textsOrNulls]))),
  );

/** What every call accepts. */
export const called = {
  signal: z.optional(own((value) => typeof (value as AbortSignal | null)?.aborted === 'boolean', 'an AbortSignal')),
  actor: optionalText,
  note: textOrNone,
  asker: z.optional(z.strictObject({ id: text, session: optionalText })),
};
/** What calls accept that clients make, too. */
export const read = { ...called, reader: textOrNone };
/** What calls accept by which clients change something of their services, too. */
export const asking = { ...read, askedBy: optionalText, permit: z.optional(work) };
/** What calls accept that need a service or panel for themselves. */
export const locked = { ...called, waitMs: z.optional(whole(0)) };
/** What commands about one service accept. */
export const commanded = { ...locked, dryRun: flag };
/** Whether a service may have the id of another one on its panel. */
export const refs = { allowDuplicateRefs: flag };

/** Options that may be absent. */
export const options = <Shape extends z.core.$ZodShape>(shape: Shape) =>
  ['options', z.optional(z.strictObject(shape))] as const;
/** Options that can't be absent. */
export const request = <Shape extends z.core.$ZodShape>(shape: Shape) => ['options', z.strictObject(shape)] as const;
