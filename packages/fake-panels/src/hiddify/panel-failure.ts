/** A refusal of the panel: it chose the status. The form of the body depends on the caller's Accept header. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly status: number,
    message: string,
    readonly detail: object = {},
  ) {
    super(message);
  }
}

/** An exception inside the panel: always 500 with the exception's text as `msg` (docs/panels/hiddify.md, 6.1). */
export class PanelException extends Error {
  override readonly name = 'PanelException';
}

const help = { DataError: '9h9h', IntegrityError: 'gkpj', OperationalError: 'e3q8' };

/** The database's error for a refused statement. */
export interface DatabaseRefusal {
  /** The class of the driver's exception. */
  readonly kind: keyof typeof help;
  /** MariaDB's error number. */
  readonly code: number;
  readonly text: string;
}

/** A statement that the database refused. The text contains the statement and its parameters, as the real one. */
export function databaseError(
  { kind, code, text }: DatabaseRefusal,
  statement: string,
  parameters: readonly unknown[] = [],
): PanelException {
  const quoted = text.includes("'") ? `"${text}"` : `'${text}'`;
  const values =
    parameters.length === 0 ? '' : `\n[parameters: (${parameters.map((p) => JSON.stringify(p)).join(', ')})]`;
  return new PanelException(
    `(MySQLdb.${kind}) (${code}, ${quoted})\n[SQL: ${statement}]${values}\n` +
      `(Background on this error at: https://sqlalche.me/e/20/${help[kind]})`,
  );
}
