/** How many random cases a property is tried with: a fourth of them unless the long tests run. */
export const runs = (whole: number): number => (process.env['SLUICE_LONG'] === '1' ? whole : Math.ceil(whole / 4));
