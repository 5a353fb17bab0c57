import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A file system of its own in a folder. */
export interface SmallDisk {
  folder: string;
  /** Leaves so many bytes free, by a file that takes the rest; what is free already stays so. */
  leaveFree: (bytes: number) => void;
  /** Gives back what `leaveFree` took. */
  free: () => void;
  /** Lets it be read only, or written again. */
  readOnly: (value: boolean) => void;
  close: () => void;
}

/** Why no file system can be mounted here; null when it can. */
export function whyNoMount(): string | null {
  if (process.platform !== 'linux') return `no mounts on ${process.platform}`;
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-mount-'));
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
  if (status === 0) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return status === 0 ? null : (error?.message ?? stderr.toString().trim());
}

/** Mounts a file system of that size (in memory) as a new folder. */
export function mountSmallDisk(folder: string, bytes: number): SmallDisk {
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
  const filler = path.join(folder, 'filler');
  return {
    folder,
    leaveFree(left) {
      writeFileSync(filler, '');
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - left)));
    },
    free() {
      truncateSync(filler);
    },
    readOnly(value) {
      execFileSync('mount', ['-o', `remount,${value ? 'ro' : 'rw'}`, folder]);
    },
    close() {
      execFileSync('umount', [folder]);
    },
  };
}
