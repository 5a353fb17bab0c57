import type { Route } from '../page.js';

/** The pages of operators: whose token reaches all clients. */
export function operatorPages(): Route[] {
  return [];
}
