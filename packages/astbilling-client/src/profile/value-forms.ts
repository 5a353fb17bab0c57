import * as z from 'zod';

export const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'expected a text, a number, true, false or null',
});

/** A value that a wire can have in a form or in JSON. @useDeclaredType */
export type Scalar = z.infer<typeof scalar>;

export const pattern = (form: RegExp, expected: string): z.ZodString => z.string().regex(form, expected);

export const path = pattern(
  /^$|^\/(?!\/)(?!.*\.\.)[^?#\s\\]*$/,
  'write a path that begins with one slash, without host, "..", query or blanks',
).max(200, 'write at most 200 characters');
export const pointer = pattern(/^(\/.*)?$/s, 'write a JSON Pointer such as /data, or "" for the whole answer');
export const parameter = pattern(
  /^[A-Za-z_][A-Za-z0-9_.\-[\]]{0,63}$/,
  'write a parameter name of letters, digits, _ . - [ ] only',
);
export const headerName = pattern(/^[A-Za-z0-9-]+$/, 'write a header name of letters, digits and - only');
export const visible = pattern(/^[\x20-\x7e]*$/, 'write printable ASCII without line breaks');
// oxlint-disable-next-line no-control-regex -- They are what is refused.
export const oneLine = pattern(/^[^\x00-\x1f]*$/, 'write one line without control characters');
export const wireName = pattern(/^[^.\s]\S*$/, 'write the name of a wire field without blanks; dots descend');

/** Returns an object in which each name may have a value of one form. */
export const optionalMembers = <Name extends string, Form extends z.ZodType>(
  names: readonly Name[],
  form: Form,
): z.ZodObject<Record<Name, z.ZodOptional<Form>>, z.core.$strict> =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, form.optional()])) as Record<Name, z.ZodOptional<Form>>);
