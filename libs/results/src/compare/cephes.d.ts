/** What is used of it. The package has types, which its `exports` keep from being found. */
declare module 'cephes' {
  /** Before it nothing can be called. */
  export const compiled: Promise<void>;
  /** The regularized incomplete beta integral I_x(a, b), for a and b above 0 and x from 0 to 1. */
  export function incbet(a: number, b: number, x: number): number;
}
