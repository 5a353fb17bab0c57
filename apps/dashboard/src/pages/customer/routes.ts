import type { Route } from '../page.js';

/** The pages of one client: below a share link, and for tokens of that client. */
export function customerPages(): Route[] {
  return [];
}
