declare const unit: unique symbol;

/** A number that carries its unit in its type, so that two units cannot be mixed up. */
export type Branded<Unit extends string> = number & { readonly [unit]: Unit };
