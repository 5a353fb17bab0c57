import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';

/** A longer text is none that somebody wrote, and reading it would keep a server from all else. */
const LONGEST_BYTES = 1_048_576;

/** A pipe that the shell has opened for the process, such as `<(...)`. */
const OPENED = /^\/(?:dev\/(?:stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/;

/** The error of a file that no text is read from. */
export class UnfitFile extends Error {
  /** Whether it is too long, and not a pipe or a device. */
  readonly isTooLong: boolean;

  constructor({ isTooLong, longest = '1 MB' }: { isTooLong: boolean; longest?: string }) {
    super(isTooLong ? `the file is too long: at most ${longest}` : 'it is a pipe or a device, not a file');
    this.isTooLong = isTooLong;
  }
}

/**
 * Reads a text that somebody wrote, such as a config. It waits for nothing but an opened pipe: a pipe or a device in place of the
 * file is refused.
 *
 * @throws UnfitFile, or the error of the file system
 */
export function readWhole(file: string): { text: string; stats: Stats } {
  const { bytes, stats } = readBytes(file, { bytes: LONGEST_BYTES, text: '1 MB' });
  return { text: bytes.toString('utf8'), stats };
}

/**
 * Reads a file as `readWhole` does, as bytes: at most `longest`, whose text is for the error.
 *
 * @throws UnfitFile, or the error of the file system
 */
export function readBytes(file: string, longest: { bytes: number; text: string }): { bytes: Buffer; stats: Stats } {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(handle);
    const isOpened = stats.isFIFO() && OPENED.test(file);
    if (!stats.isFile() && !stats.isDirectory() && !isOpened) throw new UnfitFile({ isTooLong: false });
    if (stats.isFile() && stats.size > longest.bytes) throw new UnfitFile({ isTooLong: true, longest: longest.text });
    return { bytes: readFileSync(isOpened ? file : handle), stats };
  } finally {
    closeSync(handle);
  }
}
