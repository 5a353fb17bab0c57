/**
 * The call that fails and the way in which it does, for the operation of that number: early, midway or late among its calls, and
 * one way after the other, so that the operations together see all of them.
 */
export function sampleOf<T>(calls: number, ways: readonly T[], number: number): { call: number; way: T } {
  return { call: Math.floor((calls * ((number % 3) + 0.5)) / 3), way: ways[number % ways.length]! };
}
