/** A file that pages load. */
export interface Asset {
  /** `/assets/NAME.HASH.ext`: a changed file has another path, so that browsers may keep it. */
  path: string;
  type: 'text/css; charset=utf-8' | 'text/javascript; charset=utf-8' | 'image/svg+xml' | 'image/png';
  body: string | Uint8Array;
}

/** Returns all files that pages load. */
export function assets(): Asset[] {
  return [];
}
