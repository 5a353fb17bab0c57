/** A date of the Persian calendar. */
export interface JalaliDate {
  year: number;
  month: number;
  day: number;
}

/** Years at which the cycles of leap years break (Borkowski 1996): the algorithm of the astronomical calendar. */
const BREAKS = [
  -61, 9, 38, 199, 426, 686, 756, 818, 1111, 1181, 1210, 1635, 2060, 2097, 2192, 2262, 2324, 2394, 2456, 3178,
];

/** Returns the day of March on which a Jalali year begins, and the years since its last leap year. */
function toNowruz(year: number): { march: number; leap: number } {
  let leapJ = -14;
  let before = BREAKS[0] ?? 0;
  let jump = 0;
  for (const next of BREAKS.slice(1)) {
    jump = next - before;
    if (year < next) break;
    leapJ += Math.floor(jump / 33) * 8 + Math.floor((jump % 33) / 4);
    before = next;
  }
  let n = year - before;
  leapJ += Math.floor(n / 33) * 8 + Math.floor(((n % 33) + 3) / 4);
  if (jump % 33 === 4 && jump - n === 4) leapJ += 1;
  const gregorian = year + 621;
  const leapG = Math.floor(gregorian / 4) - Math.floor(((Math.floor(gregorian / 100) + 1) * 3) / 4) - 150;
  const march = 20 + leapJ - leapG;
  if (jump - n < 6) n = n - jump + Math.floor((jump + 4) / 33) * 33;
  const leap = (((((n + 1) % 33) - 1) % 4) + 4) % 4;
  return { march, leap };
}

/** Returns the Jalali date of a Gregorian one. */
export function toJalali(year: number, month: number, day: number): JalaliDate {
  const at = Date.UTC(year, month - 1, day);
  const nowruz = (jalali: number): number => Date.UTC(jalali + 621, 2, toNowruz(jalali).march);
  const jalali = at >= nowruz(year - 621) ? year - 621 : year - 622;
  const passed = Math.round((at - nowruz(jalali)) / 86_400_000);
  return passed < 186
    ? { year: jalali, month: 1 + Math.floor(passed / 31), day: 1 + (passed % 31) }
    : { year: jalali, month: 7 + Math.floor((passed - 186) / 30), day: 1 + ((passed - 186) % 30) };
}
