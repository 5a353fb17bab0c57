import { readFileSync, writeFileSync } from 'node:fs';

// Loaded into a measured process: writes what it has used when it ends. Read from outside, it would be gone too early.
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const [, bytes] = /^write_bytes: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8')) ?? [];
  const used = {
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakMegabytes: maxRSS / 1024,
    writtenBytes: Number(bytes),
  };
  writeFileSync(process.env.SLUICE_BENCH_USED, JSON.stringify(used));
});
