import { toErrno } from '@sluice/config-file/files';
import { usageError } from '@sluice/panel-kind/errors';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  EACCES: 'you have no permission to write in its folder',
  EPERM: 'you have no permission to write in its folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a symbolic link',
  ENXIO: 'it is a device, a pipe or a socket',
  ENAMETOOLONG: 'its name is too long',
};

/** Returns the usage error for a file that can't be written. */
export function unwritable(file: string, error: unknown): Error {
  const errno = toErrno(error);
  return usageError('file_unwritable', `${file} can't be written: ${REASONS[errno] ?? errno}. Name another file`);
}
