import ms from "ms";

/** Seconds in words: 7200 is "2 hours". */
export function spell(seconds: number): string {
  return ms(seconds * 1000, { long: true });
}
