export type RefusalCode = 'bad_request' | 'unauthorized' | 'forbidden' | 'not_found' | 'conflict' | 'validation_failed';

/** A fault of one field. */
export interface FieldFault {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** A refusal that the default and the Portuguese wire write in their own forms. */
export class AstRefusal extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly details: readonly FieldFault[] = [],
  ) {
    super(message);
  }
}
