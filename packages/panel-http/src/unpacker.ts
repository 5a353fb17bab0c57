import type { Transform } from 'node:stream';
import { createBrotliDecompress, createUnzip } from 'node:zlib';

/** What panels are asked to pack their answers with, if at all. */
export const acceptEncoding = 'gzip, br';

/** What unpacks a body of this content coding (RFC 9110, 8.4); null for one that is not packed, or in a way that is not known. */
export function createUnpacker(contentEncoding: string | undefined): Transform | null {
  switch (contentEncoding?.toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
    case 'deflate':
      return createUnzip();
    case 'br':
      return createBrotliDecompress();
    default:
      return null;
  }
}
